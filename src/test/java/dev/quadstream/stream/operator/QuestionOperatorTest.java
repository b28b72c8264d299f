package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionOperatorTest {

  private static final String RUN = "run-1";

  @TempDir private Path directory;

  private PipelineSettings settings;
  private TwoInputStreamOperatorTestHarness<ImageQuestion, ModelManifest, EmbeddingUpdate> operator;

  @BeforeEach
  void open() throws Exception {
    settings = TestingPipeline.settings("registry.directory", directory.toString());
    operator = harness();
    operator.open();
  }

  private TwoInputStreamOperatorTestHarness<ImageQuestion, ModelManifest, EmbeddingUpdate> harness()
      throws Exception {
    return harness(new QuestionOperator(settings));
  }

  private static TwoInputStreamOperatorTestHarness<ImageQuestion, ModelManifest, EmbeddingUpdate>
      harness(QuestionOperator operator) throws Exception {
    TwoInputStreamOperatorTestHarness<ImageQuestion, ModelManifest, EmbeddingUpdate> harness =
        new TwoInputStreamOperatorTestHarness<>(operator);
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.EMBEDDING_UPDATE)));
    return harness;
  }

  @AfterEach
  void close() throws Exception {
    operator.close();
  }

  @Test
  void aQuestionIsAnsweredWithinMillisecondsByThePublishedModelAndWithoutALabel() throws Exception {
    ModelManifest model = announce(2);
    ask(1);
    assertThat(answers()).isEmpty();

    pass(QuestionOperator.BATCH_MILLIS);

    EmbeddingUpdate answer = answers().get(0);
    assertThat(answer.id()).isEqualTo("image-1");
    assertThat(answer.label()).isNull();
    assertThat(answer.isRemoval()).isFalse();
    assertThat(answer.run()).isEqualTo(RUN);
    assertThat(answer.modelVersion()).isEqualTo(2);
    assertThat(answer.window()).isEqualTo(1);
    assertThat(answer.vector()).isEqualTo(embedded(model, 1));
  }

  @Test
  void aFullBatchWaitsForNoTimer() throws Exception {
    announce(2);
    for (int number = 0; number < QuestionOperator.BATCH; number++) {
      ask(number);
    }
    assertThat(answers()).hasSize(QuestionOperator.BATCH);
  }

  @Test
  void theReleasedModelAnswersWhateverIsPublishedAfterIt() throws Exception {
    ModelManifest released = TestingAssembler.publish(settings, RUN, 2);
    operator.processElement2(
        new StreamRecord<>(TestingAssembler.publish(settings, RUN, 4, live(2))));
    ask(1);
    pass(QuestionOperator.BATCH_MILLIS);

    assertThat(answers().get(0).modelVersion()).isEqualTo(2);
    assertThat(answers().get(0).vector()).isEqualTo(embedded(released, 1));
  }

  @Test
  void questionsBeforeTheFirstModelWaitAlsoThroughARestoreAndAreAnsweredInOrder() throws Exception {
    ask(1);
    ask(2);
    pass(QuestionOperator.BATCH_MILLIS);
    OperatorSubtaskState snapshot = operator.snapshot(1, 1);
    assertThat(answers()).isEmpty();
    operator.close();

    operator = harness();
    operator.initializeState(snapshot);
    operator.open();
    announce(2);
    pass(QuestionOperator.RETRY_MILLIS + QuestionOperator.BATCH_MILLIS);

    assertThat(answers()).extracting(EmbeddingUpdate::id).containsExactly("image-1", "image-2");
  }

  @Test
  void aRestoredOperatorAnswersByTheModelThatItKnewBefore() throws Exception {
    announce(2);
    OperatorSubtaskState snapshot = operator.snapshot(1, 1);
    operator.close();

    operator = harness();
    operator.initializeState(snapshot);
    operator.open();
    ask(1);
    pass(QuestionOperator.BATCH_MILLIS);

    assertThat(answers()).extracting(EmbeddingUpdate::modelVersion).containsExactly(2L);
  }

  @Test
  void whatIsClosedOrComesAgainBeforeThereIsAModelIsAnsweredNotAtAllOrOnce() throws Exception {
    ask(1);
    ask(2);
    ask(3);
    operator.processElement1(new StreamRecord<>(ImageQuestion.closed("image-1", null)));
    operator.processElement1(new StreamRecord<>(ImageQuestion.closed("image-9", null)));
    ask(2);
    announce(2);
    pass(QuestionOperator.RETRY_MILLIS + QuestionOperator.BATCH_MILLIS);

    assertThat(answers()).extracting(EmbeddingUpdate::id).containsExactly("image-3", "image-2");
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void aModelWhoseFileIsGoneLeavesTheOneBeforeItAtWork() throws Exception {
    announce(2);
    ask(1);
    pass(QuestionOperator.BATCH_MILLIS);
    ModelManifest gone = TestingAssembler.publish(settings, RUN, 4);
    Files.delete(directory.resolve(gone.file().path()));
    operator.processElement2(new StreamRecord<>(gone));
    ask(2);
    pass(QuestionOperator.RETRY_MILLIS);

    assertThat(answers()).extracting(EmbeddingUpdate::modelVersion).containsExactly(2L, 2L);
  }

  @Test
  void announcementsOfOlderModelsThanTheNewestAreNotLookedUp() throws Exception {
    ModelManifest old = TestingAssembler.publish(settings, RUN, 2);
    Files.writeString(directory.resolve("quadstream/" + RUN + "/v0000000002.json"), "damaged");
    operator.processElement2(new StreamRecord<>(old));
    announce(4);
    ask(1);
    pass(QuestionOperator.BATCH_MILLIS);
    announce(6);
    ask(2);
    pass(QuestionOperator.BATCH_MILLIS);

    assertThat(answers())
        .as("a look-up that fails is tried again a second later")
        .extracting(EmbeddingUpdate::modelVersion)
        .containsExactly(4L, 6L);
  }

  @Test
  void aModelOfAnotherNetworkIsNotTaken() throws Exception {
    PipelineSettings other =
        TestingPipeline.settings(
            "registry.directory", directory.toString(), "network.embedding-size", "4");
    operator.processElement2(new StreamRecord<>(TestingAssembler.publish(other, RUN, 2)));
    ask(1);
    pass(QuestionOperator.RETRY_MILLIS);

    assertThat(answers()).isEmpty();
  }

  /** Whoever may write to the topic announces what the registry has not, or has otherwise. */
  @Test
  void aForgedAnnouncementMovesNothingAlsoThroughARestore() throws Exception {
    PipelineSettings other =
        TestingPipeline.settings(
            "registry.directory", directory.toString(), "network.embedding-size", "4");
    ModelManifest old = TestingAssembler.publish(settings, "old-run", 1);
    ModelManifest foreign = TestingAssembler.publish(other, "other-run", 9);
    ModelManifest before = TestingAssembler.publish(settings, RUN, 2);
    ModelManifest newest = TestingAssembler.publish(settings, RUN, 4, live(4));
    List<ModelManifest> forged =
        List.of(
            TestingAssembler.forged(newest, "no-run", 9),
            TestingAssembler.forged(newest, RUN, Long.MAX_VALUE),
            old,
            before,
            newest.with(live(2)),
            JsonMessages.read(
                "{\"name\":\"quadstream\",\"run\":\"run-1\",\"version\":9}".getBytes(UTF_8),
                ModelManifest.class),
            like(newest, foreign.identity(), foreign.file()));
    operator.processElement2(new StreamRecord<>(newest));
    for (ModelManifest manifest : forged) {
      operator.processElement2(new StreamRecord<>(manifest));
      ask(1);
      pass(QuestionOperator.BATCH_MILLIS);
    }
    OperatorSubtaskState snapshot = operator.snapshot(1, 1);
    List<EmbeddingUpdate> answers = new ArrayList<>(answers());
    operator.close();
    operator = harness();
    operator.initializeState(snapshot);
    operator.open();
    ask(1);
    pass(QuestionOperator.BATCH_MILLIS);
    answers.addAll(answers());

    assertThat(answers).hasSize(forged.size() + 1);
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.run()).isEqualTo(RUN);
              assertThat(answer.modelVersion()).isEqualTo(4);
            });
  }

  private static ModelManifest like(
      ModelManifest manifest, ModelManifest.Identity identity, ModelManifest.File file) {
    return new ModelManifest(
        manifest.formatVersion(),
        identity,
        manifest.window(),
        file,
        manifest.createdAt(),
        manifest.network(),
        manifest.margins(),
        manifest.metrics(),
        manifest.release(),
        manifest.job());
  }

  @Test
  void moreThanMayWaitBecomeDeadLettersTheOldestFirst() throws Exception {
    int most = QuestionOperator.maxWaiting(settings);
    for (int number = 0; number < most + 2; number++) {
      operator.processElement1(new StreamRecord<>(question(number, image(0))));
    }
    announce(2);
    pass(QuestionOperator.RETRY_MILLIS);

    assertThat(deadLetters()).hasSize(2);
    assertThat(deadLetters().get(0).errorClass()).isEqualTo(QuestionOperator.NO_MODEL);
    assertThat(deadLetters().get(1).source().position()).isEqualTo("images-2-1");
    assertThat(answers()).hasSize(most);
  }

  @Test
  void whatStillWaitsAtTheEndOfTheInputIsADeadLetter() throws Exception {
    ask(7);
    operator.endInput1();
    assertThat(deadLetters()).isEmpty();
    operator.endInput2();

    assertThat(deadLetters()).hasSize(1);
  }

  @Test
  void ofSeveralQuestionsOnlyThatIsPutAsideWhichFailsEachTime() throws Exception {
    ImageShape other = new ImageShape(1, 8, 8);
    StreamRecord<ImageQuestion> unforeseen =
        new StreamRecord<>(question(2, new PixelImage(other, new byte[other.size()])));
    announce(2);
    operator.processElement1(unforeseen);
    assertThatThrownBy(() -> pass(QuestionOperator.BATCH_MILLIS)).isNotNull();
    operator.close();

    operator = harness(new QuestionOperator(settings, new Attempts(0)));
    operator.open();
    announce(2);
    ask(1);
    operator.processElement1(unforeseen);
    ask(3);
    pass(QuestionOperator.BATCH_MILLIS);

    assertThat(answers()).extracting(EmbeddingUpdate::id).containsExactly("image-1", "image-3");
    assertThat(deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.errorClass()).isEqualTo(QuestionOperator.QUESTION_FAILED);
              assertThat(letter.source().position()).isEqualTo("images-2-2");
            });
  }

  private ModelManifest announce(long version) throws Exception {
    ModelManifest manifest = TestingAssembler.publish(settings, RUN, version);
    operator.processElement2(new StreamRecord<>(manifest));
    return manifest;
  }

  private static ReleaseDecision live(long version) {
    return new ReleaseDecision(version, null, "gate", "waiting", false, List.of(), null);
  }

  private void ask(long number) throws Exception {
    operator.processElement1(new StreamRecord<>(question(number, image(number))));
  }

  private static ImageQuestion question(long number, PixelImage image) {
    return new ImageQuestion(
        "image-" + number, number, image, new RecordPlace(2, number, number + 1, 0, number + 1));
  }

  private static PixelImage image(long number) {
    LabeledImage labeled = TestingPipeline.arrival(number).image();
    return labeled.pixels();
  }

  private void pass(long millis) throws Exception {
    operator.setProcessingTime(operator.getProcessingTime() + millis);
  }

  private float[] embedded(ModelManifest manifest, long number) throws Exception {
    byte[] file = new ModelRegistry(settings.registryDirectory()).load(manifest);
    try (QuadrupletNetwork network = TestingNetworks.read(file).network()) {
      return network.embed(List.of(image(number)))[0];
    }
  }

  private List<EmbeddingUpdate> answers() {
    return operator.extractOutputValues();
  }

  private List<DeadLetter> deadLetters() {
    List<DeadLetter> letters = new ArrayList<>();
    var output = operator.getSideOutput(QuestionOperator.DEAD_LETTERS);
    if (output != null) {
      output.forEach(letter -> letters.add(letter.getValue()));
    }
    return letters;
  }
}
