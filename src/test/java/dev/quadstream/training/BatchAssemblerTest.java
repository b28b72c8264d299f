package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.TestingQuadruplets;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.UpdaterKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchAssemblerTest {

  private static final Margins MARGINS = new Margins(0.3, 0.15);
  private static final int SEARCH_IMAGES = 40;

  private static QuadrupletNetwork learned;
  private static QuadrupletNetwork euclidean;

  @BeforeAll
  static void makeNetworks() {
    learned = TestingTraining.network(MetricKind.LEARNED);
    euclidean = TestingTraining.network(MetricKind.EUCLIDEAN);
  }

  @AfterAll
  static void closeNetworks() {
    learned.close();
    euclidean.close();
  }

  @ParameterizedTest
  @EnumSource
  void minesValidQuadrupletsFromTheWindowAndTheMemory(MiningPolicy policy) {
    ExemplarMemory memory = new ExemplarMemory(60);
    boolean usesMemory = false;
    for (int window = 0; window < 5; window++) {
      TrainingBatch batch =
          assembler(policy, 0, 10)
              .assemble(
                  TestingTraining.window(window, glyphEvents(5, 2 * window, 2 * window + 2)),
                  memory,
                  model());

      assertThat(batch.mined().quadruplets())
          .hasSize(batch.mined().images().size())
          .allMatch(quadruplet -> TestingQuadruplets.isValid(quadruplet, batch.mined().classes()));
      assertThat(batch.mined().images().stream().map(LabeledImage::id)).doesNotHaveDuplicates();
      assertThat(batch.mined().windowImages()).isEqualTo(10);
      assertThat(batch.mined().asked()).isEqualTo(batch.mined().images().size());
      assertThat(batch.memory().size()).isEqualTo(memory.size()).isEqualTo(10 * (window + 1));
      assertThat(batch.memory().classes()).isEqualTo(5);
      usesMemory |= batch.mined().quadruplets().stream().anyMatch(q -> q.negative() >= 10);
    }
    assertThat(usesMemory).isTrue();
  }

  @Test
  void theRowsThatAreMinedAreThoseOfTheBatchsImages() {
    ExemplarMemory memory = new ExemplarMemory(60);
    MiningModel model = new MiningModel(0, euclidean, MARGINS);
    assembler(MiningPolicy.HARDEST, 0, 8)
        .assemble(TestingTraining.window(0, glyphEvents(6, 0, 3)), memory, model);
    TrainingBatch batch =
        assembler(MiningPolicy.HARDEST, 0, 8)
            .assemble(TestingTraining.window(1, glyphEvents(4, 3, 5)), memory, model);

    assertThat(batch.mined().images()).hasSize(16);
    assertMinedHardest(batch);
  }

  @Test
  void asksForAsManyQuadrupletsAsConfigured() {
    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 37, 0)
            .assemble(
                TestingTraining.window(0, glyphEvents(3, 0, 2)), new ExemplarMemory(10), model());

    assertThat(batch.mined().asked()).isEqualTo(37);
    assertThat(batch.mined().quadruplets()).hasSize(37);
  }

  @Test
  void aClassWithASingleImageInTheWindowGetsAPartnerFromTheMemory() {
    ExemplarMemory memory = new ExemplarMemory(20);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 3);
    assembler.assemble(TestingTraining.window(0, glyphEvents(3, 0, 2)), memory, model());
    TrainingBatch batch =
        assembler.assemble(TestingTraining.window(1, glyphEvents(3, 5, 6)), memory, model());

    assertThat(batch.mined().images().subList(3, 6).stream().map(LabeledImage::label))
        .containsExactlyInAnyOrder("c0", "c1", "c2");
    assertThat(batch.mined().quadruplets().stream().map(Quadruplet::anchor)).contains(0, 1, 2);
  }

  @Test
  void theNearestExemplarsOfOtherClassesJoinWithAPartnerEach() {
    List<LabeledImage> window = TestingGlyphs.glyphs(3, 0, 2);
    float[] first = embed(window).get(0);
    ExemplarMemory memory = new ExemplarMemory(20);
    SplittableRandom random = new SplittableRandom(1);
    for (int other = 10; other < 18; other++) {
      memory.offer(new Exemplar(TestingGlyphs.glyph(other, 0), opposite(first), 0), random);
    }
    memory.offer(new Exemplar(TestingGlyphs.glyph("near", "hard", 20, 0), first, 0), random);
    memory.offer(
        new Exemplar(TestingGlyphs.glyph("far", "hard", 20, 1), opposite(first), 0), random);

    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 0, 2)
            .assemble(TestingTraining.window(0, TestingTraining.arrivals(window)), memory, model());

    assertThat(batch.mined().images().subList(6, 8).stream().map(LabeledImage::id))
        .containsExactly("near", "far");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 20, 1_000})
  void noMoreImagesJoinFromTheMemoryThanConfigured(int most) {
    ExemplarMemory memory = new ExemplarMemory(30);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, most);
    assembler.assemble(TestingTraining.window(0, glyphEvents(6, 0, 5)), memory, model());
    TrainingBatch batch =
        assembler.assemble(TestingTraining.window(1, glyphEvents(6, 9, 10)), memory, model());

    int joined = batch.mined().images().size() - batch.mined().windowImages();
    assertThat(batch.mined().windowImages()).isEqualTo(6);
    if (most <= 20) {
      assertThat(joined).isEqualTo(most);
    } else {
      assertThat(joined).isBetween(20, 30);
    }
  }

  @Test
  void whatAWindowTakesBackIsNeitherTrainedOnNorRemembered() {
    ExemplarMemory memory = new ExemplarMemory(20);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 20);
    assembler.assemble(TestingTraining.window(0, glyphEvents(4, 0, 2)), memory, model());
    List<ImageEvent> events = new ArrayList<>(glyphEvents(4, 2, 4));
    events.add(ImageEvent.removed("c0-2"));
    events.add(ImageEvent.removed("c1-0"));
    events.add(ImageEvent.removed("unknown"));
    // Taken back and sent again: it is there.
    events.add(ImageEvent.removed("c3-3"));
    events.add(ImageEvent.arrived(TestingGlyphs.glyph(3, 3)));

    TrainingBatch batch = assembler.assemble(TestingTraining.window(1, events), memory, model());

    assertThat(batch.changes().removedIds()).containsExactly("c0-2", "c1-0", "unknown");
    assertThat(batch.mined().windowImages()).isEqualTo(7);
    assertThat(batch.mined().images().stream().map(LabeledImage::id))
        .contains("c3-3")
        .doesNotContain("c0-2", "c1-0");
    assertThat(rememberedIds(memory)).contains("c3-3").doesNotContain("c0-2", "c1-0").hasSize(14);
  }

  @Test
  void anImageThatComesAgainUnderAnotherLabelHasOnlyTheNewOne() {
    ExemplarMemory memory = new ExemplarMemory(20);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 20);
    assembler.assemble(TestingTraining.window(0, glyphEvents(3, 0, 2)), memory, model());
    List<ImageEvent> events = new ArrayList<>(glyphEvents(3, 2, 4));
    events.add(ImageEvent.arrived(TestingGlyphs.glyph("c0-0", "c1", 0, 0)));

    TrainingBatch batch = assembler.assemble(TestingTraining.window(1, events), memory, model());

    assertThat(batch.mined().images().stream().filter(image -> image.id().equals("c0-0")))
        .singleElement()
        .extracting(LabeledImage::label)
        .isEqualTo("c1");
    assertThat(memory.ofClass("c0")).noneMatch(kept -> kept.image().id().equals("c0-0"));
    assertThat(memory.ofClass("c1")).anyMatch(kept -> kept.image().id().equals("c0-0"));
    assertThat(memory.size()).isEqualTo(12);
  }

  @Test
  void ofSeveralImagesOfOneIdTheLastCounts() {
    ExemplarMemory memory = new ExemplarMemory(20);
    LabeledImage last = TestingGlyphs.glyph("same", "c2", 2, 9);
    List<ImageEvent> events = new ArrayList<>();
    events.add(ImageEvent.arrived(TestingGlyphs.glyph("same", "c0", 0, 9)));
    events.addAll(glyphEvents(3, 0, 2));
    events.add(ImageEvent.arrived(last));

    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 0, 5)
            .assemble(TestingTraining.window(0, events), memory, model());

    assertThat(batch.mined().windowImages()).isEqualTo(7);
    assertThat(batch.mined().images().get(6)).isEqualTo(last);
    assertThat(memory.size()).isEqualTo(7);
  }

  @Test
  void countsWhichImagesTheMemoryRecognisesBeforeItKnowsThem() {
    List<LabeledImage> window =
        List.of(
            TestingGlyphs.glyph("found", "a", 0, 0),
            TestingGlyphs.glyph("missed", "b", 1, 0),
            TestingGlyphs.glyph("new", "z", 2, 0),
            TestingGlyphs.glyph("again", "d", 3, 0));
    List<float[]> embeddings = embed(window);
    ExemplarMemory memory = new ExemplarMemory(20);
    SplittableRandom random = new SplittableRandom(1);
    memory.offer(new Exemplar(TestingGlyphs.glyph("a1", "a", 0, 1), embeddings.get(0), 0), random);
    memory.offer(
        new Exemplar(TestingGlyphs.glyph("b1", "b", 1, 1), opposite(embeddings.get(1)), 0), random);
    memory.offer(new Exemplar(window.get(3), embeddings.get(3), 0), random);

    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 0, 5)
            .assemble(TestingTraining.window(0, TestingTraining.arrivals(window)), memory, model());

    assertThat(batch.tests().prequential()).isEqualTo(new Prequential(2, 1, 1));
    assertThat(batch.tests().prequential().recallAt1()).isEqualTo(0.5);
  }

  @Test
  void anImageThatComesAgainAloneFindsNothing() {
    ExemplarMemory memory = new ExemplarMemory(20);
    List<ImageEvent> window = glyphEvents(1, 0, 1);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 5);
    assembler.assemble(TestingTraining.window(0, window), memory, model());
    TrainingBatch batch = assembler.assemble(TestingTraining.window(1, window), memory, model());

    assertThat(batch.tests().prequential())
        .as("its class is not new, though there is no other image of it")
        .isEqualTo(new Prequential(0, 0, 0));
    assertThat(batch.tests().prequential().recallAt1()).isNull();
    assertThat(memory.size()).isEqualTo(1);
  }

  @Test
  void anImageThatComesAgainWithANewReleaseIsComparedAndSentOnce() {
    ExemplarMemory memory = new ExemplarMemory(40);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 40);
    ReleasedVectors vectors = new ReleasedVectors();
    assembler.assemble(
        TestingTraining.window(0, glyphEvents(4, 0, 3)), memory, model(), vectors, model());

    AssembledWindow again =
        assembler.assemble(
            TestingTraining.window(1, glyphEvents(4, 1, 4)),
            memory,
            new MiningModel(4, learned, MARGINS),
            vectors,
            new MiningModel(2, euclidean, MARGINS));

    assertThat(again.batch().tests().paired().live()).isEqualTo(2);
    assertThat(again.batch().tests().paired().all().tested())
        .as("of 12 images, those that either of the two finds")
        .isBetween(6L, 12L);
    assertThat(again.embeddings())
        .as("12 of the window and the 4 others of the memory")
        .hasSize(16)
        .extracting(ReleasedImage::id)
        .doesNotHaveDuplicates();
    assertThat(vectors.release()).isEqualTo(2);
  }

  @Test
  void ofEachModelIsToldHowMuchOfAClassIsAmongTheNearestToo() {
    ExemplarMemory memory = new ExemplarMemory(40);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 40);
    assembler.assemble(TestingTraining.window(0, glyphEvents(4, 0, 3)), memory, model());
    List<ImageEvent> arriving = glyphEvents(4, 3, 4);
    MiningModel live = new MiningModel(2, euclidean, MARGINS);
    Map<String, float[]> vectors = new HashMap<>();
    for (int c = 0; c < 4; c++) {
      float[] arrives = live.embed(List.of(arriving.get(c).image()))[0];
      float[] opposite = new float[arrives.length];
      for (int d = 0; d < opposite.length; d++) {
        opposite[d] = -arrives[d];
      }
      vectors.put("c%d-0".formatted(c), arrives);
      vectors.put("c%d-1".formatted(c), opposite);
      vectors.put("c%d-2".formatted(c), opposite);
    }

    PairedTest paired =
        assembler
            .assemble(
                TestingTraining.window(1, arriving),
                memory,
                new MiningModel(4, learned, MARGINS),
                new ReleasedVectors(2, vectors),
                live)
            .batch()
            .tests()
            .paired();

    assertThat(paired.all().tested()).isEqualTo(4);
    HarmBets expected = HarmBets.NONE;
    HarmBets ofTheOlderTwo = HarmBets.NONE;
    for (int c = 0; c < 4; c++) {
      double ofLive = 1 / 3.0;
      HarmBets bet =
          HarmBets.on(shareOfClassAmongTheNearestThree(arriving.get(c).image(), learned) - ofLive);
      expected = expected.plus(bet);
      ofTheOlderTwo = c < 2 ? ofTheOlderTwo.plus(bet) : ofTheOlderTwo;
    }
    assertThat(paired.bets()).isEqualTo(expected).isNotEqualTo(HarmBets.NONE);
    assertThat(paired.longKnownBets()).isEqualTo(ofTheOlderTwo);
  }

  /** Of 12 images of four classes. */
  private static double shareOfClassAmongTheNearestThree(
      LabeledImage image, QuadrupletNetwork network) {
    MiningModel model = new MiningModel(0, network, MARGINS);
    float[] query = model.embed(List.of(image))[0];
    List<LabeledImage> gallery = glyphEvents(4, 0, 3).stream().map(ImageEvent::image).toList();
    float[][] vectors = model.embed(gallery);
    Map<LabeledImage, Double> similarity = new HashMap<>();
    for (int row = 0; row < vectors.length; row++) {
      double sum = 0;
      for (int d = 0; d < query.length; d++) {
        sum += query[d] * vectors[row][d];
      }
      similarity.put(gallery.get(row), sum);
    }
    return gallery.stream()
            .sorted(Comparator.comparing(other -> -similarity.get(other)))
            .limit(3)
            .filter(other -> other.label().equals(image.label()))
            .count()
        / 3.0;
  }

  /** As a version that mined until now is released, which most do. */
  @Test
  void whatTheMemoryHasUnderANewReleaseIsSentAsItIsThoughItIsEmbeddedAnewForMining() {
    ExemplarMemory memory = new ExemplarMemory(40);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 40);
    ReleasedVectors vectors = new ReleasedVectors();
    MiningModel mined = new MiningModel(2, learned, MARGINS);
    assembler.assemble(
        TestingTraining.window(0, glyphEvents(4, 0, 3)), memory, mined, vectors, model());
    Map<String, float[]> before = embeddings(memory);

    AssembledWindow window =
        assembler.assemble(
            TestingTraining.window(1, glyphEvents(1, 3, 4)),
            memory,
            new MiningModel(4, euclidean, MARGINS),
            vectors,
            mined);

    assertThat(memory.embeddedBy(4)).hasSize(13);
    assertThat(window.release()).isEqualTo(2);
    assertThat(window.embeddings()).hasSize(13);
    for (ReleasedImage sent : window.embeddings().subList(1, 13)) {
      assertThat(sent.embedding()).isSameAs(before.get(sent.id()));
    }

    AssembledWindow later =
        assembler.assemble(
            TestingTraining.window(2, glyphEvents(1, 4, 5)),
            memory,
            new MiningModel(4, euclidean, MARGINS),
            vectors,
            mined);

    assertThat(later.embeddings()).extracting(ReleasedImage::id).containsExactly("c0-4");
    PairedTest paired = later.batch().tests().paired();
    assertThat(paired.findable()).as("each exemplar has a vector under both").isEqualTo(1);
  }

  /** As a trial takes longer than until the next version. */
  @Test
  void soIsWhatItHadUnderTheFirstVersionSinceTheReleaseBefore() {
    ExemplarMemory memory = new ExemplarMemory(40);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 40);
    ReleasedVectors vectors = new ReleasedVectors();
    MiningModel candidate = new MiningModel(2, learned, MARGINS);
    MiningModel later = new MiningModel(4, euclidean, MARGINS);
    assembler.assemble(
        TestingTraining.window(0, glyphEvents(4, 0, 3)), memory, candidate, vectors, model());
    Map<String, float[]> before = embeddings(memory);
    // One of them comes again meanwhile, so that what was kept is not its own any more.
    List<ImageEvent> arriving = new ArrayList<>(glyphEvents(1, 3, 4));
    LabeledImage other = glyphEvents(1, 4, 5).get(0).image();
    arriving.add(ImageEvent.arrived(new LabeledImage("c0-0", "c0", 0, other.image())));
    assembler.assemble(TestingTraining.window(1, arriving), memory, later, vectors, model());

    AssembledWindow window =
        assembler.assemble(
            TestingTraining.window(2, glyphEvents(1, 5, 6)),
            memory.copy(),
            new MiningModel(6, euclidean, MARGINS),
            vectors.copy(),
            candidate);

    assertThat(window.release()).isEqualTo(2);
    assertThat(window.embeddings()).hasSize(1 + 13);
    for (ReleasedImage sent : window.embeddings().subList(1, 14)) {
      if (sent.id().equals("c0-0")) {
        assertThat(sent.embedding())
            .as("of the picture that came last")
            .usingComparatorWithPrecision(1e-5f)
            .containsExactly(candidate.embed(List.of(other))[0]);
      } else if (!sent.id().equals("c0-3")) {
        assertThat(sent.embedding()).as(sent.id()).isSameAs(before.get(sent.id()));
      }
    }
  }

  /** As the memories of replicas that were more are one after a change of their number. */
  @Test
  void whatJoinedTheMemoryFromAnotherOneIsEmbeddedUnderTheReleaseToo() {
    ExemplarMemory memory = new ExemplarMemory(40);
    ExemplarMemory other = new ExemplarMemory(40);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 40);
    ReleasedVectors vectors = new ReleasedVectors();
    MiningModel mined = new MiningModel(4, euclidean, MARGINS);
    assembler.assemble(
        TestingTraining.window(0, glyphEvents(4, 0, 3)), memory, mined, vectors, model());
    assembler.assemble(TestingTraining.window(1, glyphEvents(4, 3, 5)), other, mined);
    memory.offerAll(other, new SplittableRandom(1));

    AssembledWindow window =
        assembler.assemble(
            TestingTraining.window(2, glyphEvents(1, 5, 6)), memory, mined, vectors, model());

    assertThat(window.embeddings()).hasSize(1 + 8);
    assertThat(window.batch().tests().paired().findable()).isEqualTo(1);
  }

  @Test
  void anImageWithAnotherLabelOrWithNoneAnyMoreIsSentAnewAndTrainedOnAccordingly() {
    ExemplarMemory memory = new ExemplarMemory(40);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 40);
    ReleasedVectors vectors = new ReleasedVectors();
    AssembledWindow first =
        assembler.assemble(
            TestingTraining.window(0, glyphEvents(4, 0, 3)), memory, model(), vectors, model());
    List<ImageEvent> events = new ArrayList<>(glyphEvents(2, 4, 5));
    events.add(ImageEvent.corrected(new LabelUpdate("c3-0", "c0")));
    events.add(ImageEvent.corrected(new LabelUpdate("c3-1", null)));
    AssembledWindow again =
        assembler.assemble(TestingTraining.window(1, events), memory, model(), vectors, model());

    assertThat(again.embeddings())
        .extracting(ReleasedImage::id, ReleasedImage::label)
        .containsExactly(
            tuple("c0-4", "c0"), tuple("c1-4", "c1"), tuple("c3-0", "c0"), tuple("c3-1", null));
    for (ReleasedImage sent : again.embeddings().subList(2, 4)) {
      assertThat(sent.embedding())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(vectorOf(first, sent.id()));
    }
    assertThat(again.batch().mined().images())
        .filteredOn(image -> image.id().startsWith("c3-"))
        .extracting(LabeledImage::label)
        .containsExactlyInAnyOrder("c0", "c3");
    assertThat(again.batch().changes().lateLabels()).isEqualTo(new LateLabels(0, 1, 1));
    assertThat(again.batch().mined().quadruplets())
        .allMatch(
            quadruplet -> TestingQuadruplets.isValid(quadruplet, again.batch().mined().classes()));
  }

  private static float[] vectorOf(AssembledWindow window, String id) {
    return window.embeddings().stream()
        .filter(sent -> sent.id().equals(id))
        .findFirst()
        .orElseThrow()
        .embedding();
  }

  @Test
  void theSameInputGivesTheSameBatchAndTheSameMemoryOnAnotherNetworkObject() {
    ExemplarMemory memory = new ExemplarMemory(16);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 8);
    assembler.assemble(TestingTraining.window(0, glyphEvents(6, 0, 4)), memory, model());
    ExemplarMemory copy = memory.copy();
    ExemplarMemory other = memory.copy();
    List<ImageEvent> window = glyphEvents(6, 4, 6);
    TrainingBatch batch =
        assembler.assemble(TestingTraining.window(10 * 2 + 1, window), memory, model());
    try (QuadrupletNetwork sameNetwork = TestingTraining.network(MetricKind.LEARNED)) {
      TrainingBatch again =
          assembler(MiningPolicy.MARGIN, 0, 8)
              .assemble(
                  TestingTraining.window(10 * 2 + 1, window),
                  copy,
                  new MiningModel(0, sameNetwork, MARGINS));

      assertThat(again).usingRecursiveComparison().ignoringFields("stageNanos").isEqualTo(batch);
      assertThat(copy.groups()).usingRecursiveComparison().isEqualTo(memory.groups());
    }
    assertThat(
            assembler
                .assemble(TestingTraining.window(10 * 3 + 1, window), other, model())
                .mined()
                .quadruplets())
        .isNotEqualTo(batch.mined().quadruplets());
  }

  @Test
  void asMuchOfTheMemoryAsIsSearchedIsEmbeddedAgainWithAnotherModel() {
    ExemplarMemory memory = new ExemplarMemory(60);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 8);
    assembler.assemble(TestingTraining.window(0, glyphEvents(3, 0, 20)), memory, model());
    try (QuadrupletNetwork next =
        TestingTraining.network(MetricKind.LEARNED, UpdaterKind.ADAM, 1e-3, 8)) {
      MiningModel model = new MiningModel(4, next, MARGINS);
      List<ImageEvent> none = List.of();
      TrainingBatch batch = assembler.assemble(TestingTraining.window(1, none), memory, model);

      assertThat(batch.miningVersion()).isEqualTo(4);
      assertThat(memory.size()).isEqualTo(60);
      List<Exemplar> embedded = memory.embeddedBy(4);
      assertThat(embedded).hasSize(SEARCH_IMAGES);
      for (Exemplar exemplar : embedded) {
        assertThat(exemplar.embedding())
            .containsExactly(next.embed(List.of(exemplar.image().image()))[0], within(1e-4f));
      }

      assembler.assemble(TestingTraining.window(2, none), memory, model);
      assertThat(memory.embeddedBy(4)).containsExactlyElementsOf(embedded);
      assembler.assemble(
          TestingTraining.window(3, none), memory, new MiningModel(8, next, MARGINS));
      assertThat(memory.embeddedBy(0)).isEmpty();
      assertThat(memory.embeddedBy(4)).hasSize(60 - SEARCH_IMAGES);
    }
  }

  @Test
  void onlyImagesWithAnEmbeddingOfTheModelAreFound() {
    List<LabeledImage> window =
        List.of(TestingGlyphs.glyph("x", "a", 0, 0), TestingGlyphs.glyph("y", "b", 1, 0));
    List<float[]> embeddings = embed(window);
    ExemplarMemory memory = new ExemplarMemory(60);
    SplittableRandom random = new SplittableRandom(1);
    for (LabeledImage image : TestingGlyphs.glyphs(4, 0, SEARCH_IMAGES / 4)) {
      memory.offer(new Exemplar(image, opposite(embeddings.get(0)), 4), random);
    }
    memory.offer(new Exemplar(TestingGlyphs.glyph("a1", "a", 0, 1), embeddings.get(0), 4), random);
    memory.offer(new Exemplar(TestingGlyphs.glyph("b1", "b", 1, 1), embeddings.get(1), 0), random);

    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 0, 5)
            .assemble(
                TestingTraining.window(0, TestingTraining.arrivals(window)),
                memory,
                new MiningModel(4, learned, MARGINS));

    assertThat(batch.tests().prequential()).isEqualTo(new Prequential(1, 1, 0));
  }

  @Test
  void whatJoinsIsMinedUnderTheModelAlsoWhereTheMemoryHasAnOlderEmbedding() {
    ExemplarMemory memory = new ExemplarMemory(60);
    SplittableRandom random = new SplittableRandom(1);
    for (LabeledImage image : TestingGlyphs.glyphs(6, 0, 5)) {
      memory.offer(new Exemplar(image, new float[TestingTraining.EMBEDDING], 3), random);
    }
    TrainingBatch batch =
        assembler(MiningPolicy.HARDEST, 0, 8)
            .assemble(
                TestingTraining.window(1, glyphEvents(4, 9, 10)),
                memory,
                new MiningModel(4, euclidean, MARGINS));

    assertThat(batch.mined().images()).hasSize(12);
    assertMinedHardest(batch);
  }

  @Test
  void windowsThatAllowNoQuadrupletFeedTheMemoryUntilOneDoes() {
    ExemplarMemory memory = new ExemplarMemory(50);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 10);

    TrainingBatch nothing =
        assembler.assemble(TestingTraining.window(0, List.of()), memory, model());
    assertThat(nothing.mined().images()).isEmpty();
    assertThat(nothing.mined().quadruplets()).isEmpty();
    TrainingBatch oneImage =
        assembler.assemble(TestingTraining.window(1, glyphEvents(1, 0, 1)), memory, model());
    assertThat(oneImage.mined().quadruplets()).isEmpty();
    TrainingBatch oneClass =
        assembler.assemble(TestingTraining.window(2, glyphEvents(1, 1, 5)), memory, model());
    assertThat(oneClass.mined().quadruplets()).isEmpty();
    TrainingBatch twoClasses =
        assembler.assemble(TestingTraining.window(3, glyphEvents(2, 5, 8)), memory, model());
    assertThat(twoClasses.mined().quadruplets()).isEmpty();
    assertThat(memory.size()).isEqualTo(11);

    TrainingBatch third =
        assembler.assemble(
            TestingTraining.window(4, List.of(ImageEvent.arrived(TestingGlyphs.glyph(2, 0)))),
            memory,
            model());
    assertThat(third.mined().quadruplets())
        .isNotEmpty()
        .allMatch(quadruplet -> TestingQuadruplets.isValid(quadruplet, third.mined().classes()));
  }

  @Test
  void aWindowOfOneImageAClassAllowsNoQuadrupletWhileTheMemoryIsEmpty() {
    ExemplarMemory memory = new ExemplarMemory(50);
    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 0, 10)
            .assemble(TestingTraining.window(0, glyphEvents(7, 0, 1)), memory, model());

    assertThat(batch.mined().quadruplets()).isEmpty();
    assertThat(batch.mined().asked()).isEqualTo(7);
    assertThat(batch.tests().prequential()).isEqualTo(new Prequential(0, 0, 7));
    assertThat(memory.size()).isEqualTo(7);
  }

  @Test
  void identicalImagesUnderAllLabelsStillGiveValidQuadruplets() {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      images.add(TestingGlyphs.glyph("i" + i, "c" + i % 3, 0, 0));
    }
    TrainingBatch batch =
        assembler(MiningPolicy.MARGIN, 0, 10)
            .assemble(
                TestingTraining.window(0, TestingTraining.arrivals(images)),
                new ExemplarMemory(50),
                model());

    assertThat(batch.mined().quadruplets())
        .hasSize(9)
        .allMatch(quadruplet -> TestingQuadruplets.isValid(quadruplet, batch.mined().classes()));
  }

  @Test
  void newClassesAreCountedByClassAndNotByImage() {
    ExemplarMemory memory = new ExemplarMemory(50);
    BatchAssembler assembler = assembler(MiningPolicy.MARGIN, 0, 10);

    assertThat(
            List.of(
                newClasses(
                    assembler.assemble(
                        TestingTraining.window(0, glyphEvents(3, 0, 4)), memory, model())),
                newClasses(
                    assembler.assemble(
                        TestingTraining.window(1, glyphEvents(5, 4, 7)), memory, model())),
                newClasses(
                    assembler.assemble(
                        TestingTraining.window(2, glyphEvents(5, 7, 8)), memory, model()))))
        .containsExactly(3, 2, 0);
  }

  private static int newClasses(TrainingBatch batch) {
    return batch.tests().prequential().newClasses();
  }

  /** More pairs than are measured in one block. */
  @Test
  void aLargeWindowIsMinedAsOneOfAnySize() {
    TrainingBatch batch =
        assembler(MiningPolicy.HARDEST, 0, 0)
            .assemble(
                TestingTraining.window(0, glyphEvents(4, 0, 100)),
                new ExemplarMemory(50),
                new MiningModel(0, euclidean, MARGINS));

    assertThat(batch.mined().images()).hasSize(400);
    assertThat(batch.mined().quadruplets()).hasSize(400);
    assertMinedHardest(batch);
  }

  private static BatchAssembler assembler(MiningPolicy policy, int quadruplets, int memoryImages) {
    return new BatchAssembler(
        new MiningOptions(
            policy, LossForm.QUADRUPLET, quadruplets, memoryImages, 60, SEARCH_IMAGES, 5));
  }

  private static MiningModel model() {
    return new MiningModel(0, learned, MARGINS);
  }

  private static List<ImageEvent> glyphEvents(int classes, int from, int to) {
    return TestingTraining.arrivals(TestingGlyphs.glyphs(classes, from, to));
  }

  private static List<float[]> embed(List<LabeledImage> images) {
    return List.of(learned.embed(images.stream().map(LabeledImage::image).toList()));
  }

  private static float[] opposite(float[] embedding) {
    float[] opposite = embedding.clone();
    for (int d = 0; d < opposite.length; d++) {
      opposite[d] = -opposite[d];
    }
    return opposite;
  }

  /** That each negative is the nearest image of another class under the Euclidean network. */
  private static void assertMinedHardest(TrainingBatch batch) {
    float[][] embeddings =
        euclidean.embed(batch.mined().images().stream().map(LabeledImage::image).toList());
    int[] classes = batch.mined().classes();
    for (Quadruplet quadruplet : batch.mined().quadruplets()) {
      double nearest = Double.MAX_VALUE;
      for (int row = 0; row < classes.length; row++) {
        if (classes[row] != classes[quadruplet.anchor()]) {
          nearest = Math.min(nearest, square(embeddings, quadruplet.anchor(), row));
        }
      }
      assertThat(square(embeddings, quadruplet.anchor(), quadruplet.negative()))
          .isCloseTo(nearest, within(1e-5));
    }
  }

  private static List<String> rememberedIds(ExemplarMemory memory) {
    return memory.exemplars().stream().map(exemplar -> exemplar.image().id()).toList();
  }

  private static double square(float[][] embeddings, int left, int right) {
    double sum = 0;
    for (int d = 0; d < embeddings[left].length; d++) {
      double difference = embeddings[left][d] - embeddings[right][d];
      sum += difference * difference;
    }
    return sum / 4;
  }

  private static Map<String, float[]> embeddings(ExemplarMemory memory) {
    Map<String, float[]> byId = new HashMap<>();
    memory.exemplars().forEach(exemplar -> byId.put(exemplar.image().id(), exemplar.embedding()));
    return byId;
  }
}
