package dev.quadstream.serve.state;

import static dev.quadstream.serve.state.TestingAnswers.RUN;
import static dev.quadstream.serve.state.TestingAnswers.answer;
import static dev.quadstream.serve.state.TestingAnswers.candidate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.registry.ModelManifest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeedbackTest {

  private static final int MAX_ANSWERS = 4_096;

  private final Feedback feedback = new Feedback(MAX_ANSWERS);

  @Test
  void whatIsOfferedCanBeShownAndIsTheLeastSure() {
    for (int i = 0; i < 100; i++) {
      feedback.answered(unsure(i), 0);
    }

    feedback.choose(id -> !id.endsWith("3"));

    assertThat(offered()).hasSize(24).startsWith("image-00", "image-01", "image-02", "image-04");
    assertThat(feedback.message()).containsEntry("open", 100L);
  }

  @Test
  void aChoiceThatStaysIsNoNews() {
    feedback.answered(unsure(1), 0);
    feedback.choose(id -> true);
    long revision = feedback.revision();

    feedback.choose(id -> true);

    assertThat(feedback.revision()).isEqualTo(revision);
  }

  @Test
  void whoeverLabelsAnImageEndsItsQuestionAndWhoeverWithdrawsItAsksAgain() {
    feedback.answered(unsure(1), 0);
    feedback.answered(unsure(2), 0);
    feedback.choose(id -> true);

    feedback.labelled(new LabelReceived("image-01", "cup"));

    assertThat(offered()).containsExactly("image-02");
    feedback.answered(unsure(1), 0);
    feedback.choose(id -> true);
    assertThat(offered()).as("a later answer").containsExactly("image-02");

    feedback.labelled(new LabelReceived("image-01", null));
    feedback.choose(id -> true);
    assertThat(offered()).containsExactly("image-01", "image-02");
  }

  @Test
  void aLabelThatIsReadBeforeItsAnswerCounts() {
    feedback.labelled(new LabelReceived("image-01", "cup"));
    feedback.answered(unsure(1), 0);
    feedback.choose(id -> true);

    assertThat(offered()).isEmpty();
  }

  @Test
  void anImageThatIsGoneOrCameWithItsLabelIsNoQuestion() {
    feedback.answered(unsure(1), 0);
    feedback.answered(unsure(2), 0);
    feedback.answered(unsure(3), 0);
    feedback.choose(id -> true);

    feedback.removed("image-01");
    feedback.embedded(embedding("image-02", "cup", 7));
    feedback.embedded(embedding("image-03", null, 7));
    feedback.choose(id -> true);

    assertThat(offered()).containsExactly("image-03");
  }

  @Test
  void answersOfAnEarlierRunAreNotAskedAbout() {
    feedback.answered(unsure(1), 0);
    feedback.answered(
        TestingAnswers.ofRun("run-2", "image-02", "unsure", 0.7, candidate("cup", 0.6f)), 0);
    feedback.choose(id -> true);

    assertThat(offered()).containsExactly("image-02");
  }

  @Test
  void partitionsThatAreReadOneAfterAnotherKeepAllAnswersOfTheRunThatWroteLast() {
    for (int partition = 0; partition < 3; partition++) {
      feedback.answered(
          TestingAnswers.ofRun("run-0", "old-" + partition, "unsure", 0.7, candidate("cup", 0.6f)),
          100 + partition);
      feedback.answered(unsure(partition), 200 - partition);
    }
    feedback.choose(id -> true);

    assertThat(offered()).containsExactlyInAnyOrder("image-00", "image-01", "image-02");
  }

  @Test
  void aLabelThatWasGivenIsFollowedUntilAModelHasLearnedIt() {
    feedback.given(new LabelReceived("image-01", "cup"), 1_000);
    feedback.published(manifest(64), 1_100);
    feedback.embedded(embedding("image-01", "mug", 69));
    assertThat(given()).isEqualTo(given("cup", 1_000, null, null, null));

    feedback.embedded(embedding("image-01", "cup", 70));
    feedback.published(manifest(64), 1_200);
    assertThat(given())
        .as("version 64 has seen windows 0 to 63")
        .isEqualTo(given("cup", 1_000, 70L, null, null));

    long revision = feedback.revision();
    feedback.published(manifest(72), 1_300);
    feedback.embedded(embedding("image-01", "cup", 90));
    feedback.published(manifest(96), 1_400);
    assertThat(given()).isEqualTo(given("cup", 1_000, 70L, 72L, 1_300L));
    assertThat(feedback.revision()).isGreaterThan(revision);
  }

  @Test
  void onlyTheLabelsThatWereGivenLastAreFollowedAndNoneThatWasWithdrawn() {
    for (int i = 0; i < 9; i++) {
      feedback.given(new LabelReceived("image-0" + i, "cup"), i);
    }
    feedback.given(new LabelReceived("image-07", null), 9);

    assertThat(allGiven())
        .extracting(Feedback.Given::id)
        .containsExactly("image-08", "image-06", "image-05", "image-04", "image-03");
  }

  @Test
  void staysBounded() {
    for (int i = 0; i < 6_000; i++) {
      feedback.answered(answer("image-" + i, "unsure", 0.7, candidate("cup", 0.6f)), 0);
    }
    feedback.choose(id -> true);

    assertThat(feedback.message()).containsEntry("open", (long) MAX_ANSWERS);
    assertThat(JsonMessages.write(feedback.message()).length).isLessThan(1 << 14);
  }

  /** The lower the number the nearer to the threshold. */
  private static MatchMessage unsure(int number) {
    return answer(
        "image-%02d".formatted(number), "unsure", 0.9, candidate("cup", 0.9f - number / 200f));
  }

  private static EmbeddingMessage embedding(String id, String label, long window) {
    return new EmbeddingMessage(RUN, id, label, 64, 64L, window, new float[] {1});
  }

  private static ModelManifest manifest(long version) {
    return ModelManifest.draft(
        new ModelManifest.Identity("network", RUN, version),
        version - 1,
        0,
        new ModelManifest.Network("hash", "small", "learned", 1, "1x28x28", null),
        new ModelManifest.Margins(0.5, 0.25),
        Map.of());
  }

  @SuppressWarnings("unchecked")
  private List<String> offered() {
    return ((List<MatchMessage>) feedback.message().get("questions"))
        .stream().map(MatchMessage::id).toList();
  }

  @SuppressWarnings("unchecked")
  private List<Feedback.Given> allGiven() {
    return (List<Feedback.Given>) feedback.message().get("given");
  }

  private Feedback.Given given() {
    return allGiven().get(0);
  }

  private static Feedback.Given given(
      String label, long at, Long window, Long version, Long learnedAt) {
    return new Feedback.Given("image-01", label, at, window, version, learnedAt);
  }
}
