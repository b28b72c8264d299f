package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.Orientation;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.TestingOrientations;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.metric.HingeMean;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MeanPairs;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletLoss;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.UpdaterKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

public class QuadrupletTrainerTest {

  @Test
  void everyWindowRaisesTheVersionAlsoWhereNothingTrainsAndSaysWhy() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(0), network);
      NetworkState before = trainer.state().network();
      List<LabeledImage> oneEach = TestingGlyphs.glyphs(3, 0, 1);
      WindowReport nothing = trainer.train(TestingTraining.batch(0, oneEach, List.of()));
      WindowReport empty = trainer.train(TestingTraining.batch(1, List.of(), List.of()));

      assertThat(nothing.identity().version()).isEqualTo(1);
      assertThat(nothing.health().reason())
          .isEqualTo(
              "No quadruplet could be formed: a class needs two images and three classes must be at"
                  + " hand; window and memory offer 3 images of 3 classes, at most 1 of one"
                  + " class.");
      assertThat(nothing.loss().total()).isNull();
      assertThat(nothing.mining().found()).isZero();
      assertThat(nothing.health().imageIds()).isNull();
      assertThat(nothing.health().refused()).isZero();
      assertThat(empty.identity().version()).isEqualTo(2);
      assertThat(empty.health().reason()).contains("0 images of 0 classes");
      assertThat(trainer.state().network()).isEqualTo(before);

      WindowReport trained = trainer.train(TestingTraining.batch(2));
      assertThat(trained.identity().version()).isEqualTo(3).isEqualTo(trainer.version());
      assertThat(trained.health().reason()).isNull();
      assertThat(trained.loss().total())
          .isEqualTo(
              trained.loss().first() + trained.loss().second() + trained.loss().pairSoftmax(),
              within(1e-12));
      assertThat(trained.loss().gradientNorm()).isPositive();
      assertThat(trained.mining().found()).isEqualTo(8);
      assertThat(trained.details().stageMillis())
          .containsKeys("forward", "loss", "backward", "update");
      assertThat(trainer.state().network()).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void warmsUpOnRandomQuadrupletsWithFixedMarginsAndGoesOnWithAdaptiveOnes(MetricKind metric) {
    try (QuadrupletNetwork network = TestingTraining.network(metric)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(3), network);
      for (int window = 0; window < 6; window++) {
        boolean warmingUp = window < 3;
        assertThat(trainer.margins().equals(TestingTraining.ADAPTIVE.fixed())).isEqualTo(warmingUp);
        // A single mined quadruplet where eight were asked for shows which ones are trained on.
        TrainingBatch full = TestingTraining.batch(window);
        TrainingBatch batch =
            TestingTraining.batch(
                window, full.mined().images(), full.mined().quadruplets().subList(0, 1));
        WindowReport report = trainer.train(batch);

        assertThat(report.margins().warmingUp()).isEqualTo(warmingUp);
        assertThat(report.mining().found()).isEqualTo(warmingUp ? 8 : 1);
        if (warmingUp) {
          assertThat(report.margins().alpha1()).isEqualTo(1);
          assertThat(report.margins().alpha2()).isEqualTo(0.5);
          // Under a g in [0, 1] a margin of 1 switches no hinge off.
          assertThat(report.mining().activeFirst()).isEqualTo(8);
        } else {
          double gap =
              Math.max(0, report.margins().meanNegative() - report.margins().meanPositive());
          assertThat(report.margins().alpha1()).isEqualTo(Math.max(gap, 0.05));
          assertThat(report.margins().alpha2()).isEqualTo(Math.max(0.5 * gap, 0.025));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void theMeansAreThoseOfAllPairsOfTheBatchSmoothedOverTheWindows(MetricKind metric) {
    try (QuadrupletNetwork network = TestingTraining.network(metric)) {
      QuadrupletTrainer trainer =
          new QuadrupletTrainer(TestingTraining.plainOptions(0, 1e3), network);
      double positive = 0;
      double negative = 0;
      for (int window = 0; window < 4; window++) {
        TrainingBatch batch = TestingTraining.batch(window);
        DistanceMeans observed = TestingTraining.observed(trainer, batch.mined().images());
        positive = window == 0 ? observed.positive() : 0.9 * positive + 0.1 * observed.positive();
        negative = window == 0 ? observed.negative() : 0.9 * negative + 0.1 * observed.negative();
        WindowReport report = trainer.train(batch);

        assertThat(report.margins().meanPositive()).isEqualTo(positive, within(1e-5));
        assertThat(report.margins().meanNegative()).isEqualTo(negative, within(1e-5));
      }
    }
  }

  @Test
  void minedNegativesLeaveTheMeansUnbiased() {
    TrainingBatch random = TestingTraining.batch(0);
    Quadruplet only = random.mined().quadruplets().get(0);
    TrainingBatch oneSided = TestingTraining.batch(0, random.mined().images(), List.of(only, only));
    assertThat(meansAfter(oneSided)).isEqualTo(meansAfter(random));
  }

  private static DistanceMeans meansAfter(TrainingBatch batch) {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(0), network);
      trainer.train(batch);
      return trainer.state().means();
    }
  }

  /** Mid warm-up, after a refused window that rolled back, after a window that trained nothing. */
  @ParameterizedTest
  @CsvSource({
    "ADAM, LEARNED", "ADAM, EUCLIDEAN",
    "NESTEROVS, LEARNED", "NESTEROVS, EUCLIDEAN",
    "SGD, LEARNED", "SGD, EUCLIDEAN"
  })
  void trainingOnFromASnapshotEqualsTrainingWithoutAStopBitForBit(
      UpdaterKind updater, MetricKind metric) {
    List<TrainingBatch> batches = new ArrayList<>();
    for (int window = 0; window < 8; window++) {
      batches.add(TestingTraining.batch(window));
    }
    batches.set(5, TestingTraining.batch(5, batches.get(5).mined().images(), List.of()));
    TrainingOptions options = TestingTraining.options(2);

    // Without Adam's scaling the first gradients of the learned metric need a small step.
    double learningRate = updater == UpdaterKind.ADAM ? 1e-3 : 1e-4;
    Map<Integer, TrainerState> snapshots = new TreeMap<>();
    List<WindowReport> uninterrupted = new ArrayList<>();
    TrainerState end;
    try (QuadrupletNetwork network = TestingTraining.network(metric, updater, learningRate, 7)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(options, network);
      for (int window = 0; window < batches.size(); window++) {
        snapshots.put(window, trainer.state());
        collapseBefore(window, trainer);
        uninterrupted.add(trainer.train(batches.get(window)));
      }
      end = trainer.state();
    }
    assertThat(end.version()).isEqualTo(8);
    assertThat(end.refused()).isEqualTo(1);
    assertThat(end.collapses()).isEqualTo(1);
    assertThat(snapshots.get(1).warmUpWindowsLeft()).isEqualTo(1);
    assertThat(snapshots.get(4).refusedInARow()).isEqualTo(1);

    for (int cut : new int[] {1, 4, 6}) {
      try (QuadrupletNetwork fresh = TestingTraining.network(metric, updater, learningRate, 99)) {
        QuadrupletTrainer trainer = new QuadrupletTrainer(options, fresh);
        trainer.restore(snapshots.get(cut));
        assertThat(trainer.state()).as("restored at %d", cut).isEqualTo(snapshots.get(cut));
        for (int window = cut; window < batches.size(); window++) {
          collapseBefore(window, trainer);
          assertThat(trainer.train(batches.get(window)))
              .as("window %d after a restore at %d", window, cut)
              .usingRecursiveComparison()
              .ignoringFields("details.stageMillis")
              .isEqualTo(uninterrupted.get(window));
        }
        assertThat(trainer.state()).as("end after a restore at %d", cut).isEqualTo(end);
      }
    }
  }

  private static void collapseBefore(int window, QuadrupletTrainer trainer) {
    if (window == 3) {
      trainer.restore(collapsed(trainer.state()));
    }
  }

  @Test
  void twoRunsOverTheSameBatchesGiveTheSameBitsAndAnotherSeedGivesOthers() {
    TrainingOptions options = TestingTraining.options(1);
    TrainingOptions otherSeed =
        new TrainingOptions(
            options.objective(),
            options.minedAnew(),
            options.schedule(),
            options.augmentation(),
            options.safeguards(),
            options.seed() + 1);
    assertThat(stateAfterThreeWindows(options)).isEqualTo(stateAfterThreeWindows(options));
    assertThat(stateAfterThreeWindows(otherSeed).network())
        .isNotEqualTo(stateAfterThreeWindows(options).network());
  }

  private static TrainerState stateAfterThreeWindows(TrainingOptions options) {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(options, network);
      for (int window = 0; window < 3; window++) {
        trainer.train(TestingTraining.batch(window));
      }
      return trainer.state();
    }
  }

  /** The first window of the paper's recipe, by its equations written out. */
  @Test
  void thePapersWindowHasTheMarginsAndTheLossOfItsEquations() {
    TrainingOptions plain = TestingTraining.plainOptions(0, 1e3);
    TrainingOptions paper =
        new TrainingOptions(
            new TrainingOptions.Objective(
                new QuadrupletLoss(LossForm.QUADRUPLET, HingeMean.ALL),
                new MarginRule(true, new Margins(1, 0.5), 1, 0.5, 0),
                MeanPairs.QUADRUPLETS,
                0,
                0),
            null,
            plain.schedule(),
            plain.augmentation(),
            plain.safeguards(),
            plain.seed());
    TrainingBatch batch = TestingTraining.batch(0);
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED);
        QuadrupletNetwork before = TestingTraining.network(MetricKind.LEARNED)) {
      List<Quadruplet> quadruplets = batch.mined().quadruplets();
      int count = quadruplets.size();
      double[] positive = new double[count];
      double[] negative = new double[count];
      double[] second = new double[count];
      for (int q = 0; q < count; q++) {
        Quadruplet quadruplet = quadruplets.get(q);
        positive[q] = squared(before, batch, quadruplet.anchor(), quadruplet.positive());
        negative[q] = squared(before, batch, quadruplet.anchor(), quadruplet.negative());
        second[q] = squared(before, batch, quadruplet.secondNegative(), quadruplet.negative());
      }
      double meanPositive = DoubleStream.of(positive).sum() / count;
      double meanNegative =
          (DoubleStream.of(negative).sum() + DoubleStream.of(second).sum()) / (2 * count);
      double margin = Math.max(meanNegative - meanPositive, 0);
      double loss = 0;
      for (int q = 0; q < count; q++) {
        loss +=
            (Math.max(0, positive[q] - negative[q] + margin)
                    + Math.max(0, positive[q] - second[q] + margin / 2))
                / count;
      }

      WindowReport report = new QuadrupletTrainer(paper, network).train(batch);

      assertThat(report.margins().meanPositive()).isCloseTo(meanPositive, within(1e-5));
      assertThat(report.margins().meanNegative()).isCloseTo(meanNegative, within(1e-5));
      assertThat(report.loss().total()).isCloseTo(loss, within(1e-5)).isPositive();
    }
  }

  private static double squared(
      QuadrupletNetwork network, TrainingBatch batch, int left, int right) {
    List<PixelImage> images =
        List.of(
            batch.mined().images().get(left).pixels(), batch.mined().images().get(right).pixels());
    float distance =
        network.metric()
            .distances(
                network.features(images, network.embed(images)), new int[] {0}, new int[] {1})[0];
    return (double) distance * distance;
  }

  /**
   * Nearest negatives are told from the batch alone, so the batch's own quadruplets do not count.
   */
  @Test
  void quadrupletsMinedAnewAreThoseOfTheStepsOwnForwardPass() {
    TrainingOptions plain = TestingTraining.plainOptions(0, 1e3);
    TrainingOptions anew =
        new TrainingOptions(
            plain.objective(),
            MiningPolicy.HARDEST,
            plain.schedule(),
            plain.augmentation(),
            plain.safeguards(),
            plain.seed());
    TrainingBatch batch = TestingTraining.batch(0);
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      network.forward(inputs(batch));

      List<Quadruplet> mined =
          new QuadrupletChoice(anew).of(batch, false, network, new Margins(1, 0.5));

      assertThat(mined)
          .hasSameSizeAs(batch.mined().images())
          .isNotEqualTo(batch.mined().quadruplets());
      int[] classes = batch.mined().classes();
      for (Quadruplet quadruplet : mined) {
        double chosen = squared(network, batch, quadruplet.anchor(), quadruplet.negative());
        for (int row = 0; row < classes.length; row++) {
          if (classes[row] != classes[quadruplet.anchor()]) {
            assertThat(squared(network, batch, quadruplet.anchor(), row))
                .isGreaterThanOrEqualTo(chosen - 1e-6);
          }
        }
      }
      assertThat(new QuadrupletChoice(plain).of(batch, false, network, new Margins(1, 0.5)))
          .isSameAs(batch.mined().quadruplets());
    }
  }

  private static float[][] inputs(TrainingBatch batch) {
    return batch.mined().images().stream()
        .map(image -> new ImageAugmentation(0, 0, 0).apply(image.pixels(), new SplittableRandom(1)))
        .toArray(float[][]::new);
  }

  /** A finite but absurd weight of the pair softmax takes the gradient beyond all numbers. */
  @Test
  void aWindowWhoseGradientIsNotFiniteIsRefusedAndNamedAndChangesNothing() {
    TrainingOptions usual = TestingTraining.options(5);
    TrainingOptions absurd =
        new TrainingOptions(
            new TrainingOptions.Objective(
                usual.objective().loss(),
                usual.objective().margins(),
                usual.objective().meanPairs(),
                usual.objective().smoothing(),
                Double.MAX_VALUE),
            usual.minedAnew(),
            usual.schedule(),
            usual.augmentation(),
            usual.safeguards(),
            usual.seed());
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(absurd, network);
      TrainerState before = trainer.state();
      TrainingBatch batch = TestingTraining.batch(0);
      WindowReport report = trainer.train(batch);

      assertThat(report.health().reason()).contains("not finite numbers");
      assertThat(report.loss().gradientNorm()).isNull();
      assertThat(report.health().imageIds())
          .isEqualTo(batch.mined().images().stream().map(LabeledImage::id).toList());
      assertThat(report.health().refused()).isEqualTo(1);
      assertThat(report.identity().version()).isEqualTo(1);
      assertThat(trainer.state().network()).isEqualTo(before.network());
      assertThat(trainer.state().means()).isEqualTo(before.means());
    }
  }

  /** An image of another size than the network's stands for what fails each time. */
  @Test
  void aWindowThatTrainingFailsOnIsRefusedWithItsCauseAndChangesNothing() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(3), network);
      TrainerState before = trainer.state();
      TrainingBatch whole = TestingTraining.batch(0);
      List<LabeledImage> images = new ArrayList<>(whole.mined().images());
      PixelImage small = new PixelImage(new ImageShape(1, 8, 8), new byte[64]);
      images.set(0, new LabeledImage("misfit", images.get(0).label(), 0, small));
      WindowReport report =
          trainer.train(TestingTraining.batch(0, images, whole.mined().quadruplets()));

      assertThat(report.health().reason()).contains("Training on it failed", "Exception");
      assertThat(report.health().imageIds()).contains("misfit");
      assertThat(report.health().refused()).isEqualTo(1);
      assertThat(trainer.state().network()).isEqualTo(before.network());
      assertThat(trainer.train(TestingTraining.batch(1)).health().reason()).isNull();
    }
  }

  /** One that is refused by its topic would be written anew, and refused, at each restart. */
  @Test
  void aReportStaysWithinWhatItsTopicTakesWhateverTheIdsOfARefusedWindowAre() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(3), network);
      PixelImage small = new PixelImage(new ImageShape(1, 8, 8), new byte[64]);
      List<LabeledImage> images =
          IntStream.range(0, 2_000)
              .mapToObj(
                  row ->
                      new LabeledImage(
                          "%d\"".formatted(1_000 + row).repeat(204), "c" + row % 7, 0, small))
              .toList();
      WindowReport report =
          trainer.train(TestingTraining.batch(0, images, List.of(new Quadruplet(0, 7, 1, 2))));

      assertThat(report.health().reason()).isNotNull();
      assertThat(report.images().batch()).isEqualTo(2_000);
      assertThat(report.health().imageIds()).hasSize(32).startsWith(images.get(0).id());
      assertThat(JsonMessages.write(report)).hasSizeLessThan(256 << 10);
    }
  }

  /** Where a rectifier swallows the NaN, all images look alike, which the collapse check sees. */
  @ParameterizedTest
  @ValueSource(ints = {40, 400, 20_000, 60_000, 131_000})
  void aSingleParameterThatIsNotANumberIsRolledBackInWhicheverLayerItIs(int index) {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(3), network);
      TrainerState state = trainer.state();
      float[] parameters = state.network().parameters("trunk").clone();
      parameters[index] = Float.NaN;
      trainer.restore(
          TestingTraining.withTrunk(state, parameters, state.network().updater("trunk")));
      TrainingBatch batch = TestingTraining.batch(0);
      WindowReport report = trainer.train(batch);

      assertThat(report.health().reason())
          .containsAnyOf("no longer finite numbers", "The embedding collapsed")
          .contains("The last good parameters are back");
      assertThat(report.health().imageIds())
          .isEqualTo(batch.mined().images().stream().map(LabeledImage::id).toList());
      assertThat(report.health().refused()).isEqualTo(1);
      assertThat(report.identity().version()).isEqualTo(1);
      assertThat(trainer.state().network().iteration()).isZero();
      assertThat(trainer.state().network().parameters("trunk"))
          .isEqualTo(state.network().parameters("trunk"));
      assertThat(trainer.train(TestingTraining.batch(1)).health().reason()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void anUpdateThatMakesAParameterInfiniteIsRolledBackAndARowOfThemEndsTheTraining(
      MetricKind metric) {
    try (QuadrupletNetwork network = TestingTraining.network(metric)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(5), network);
      TrainerState before = trainer.state();
      for (int window = 0; window < 2; window++) {
        trainer.restore(withAbsurdMoments(trainer.state()));
        WindowReport report = trainer.train(TestingTraining.batch(window));

        assertThat(report.health().reason()).contains("no longer finite numbers");
        assertThat(report.health().imageIds()).hasSize(8);
        assertThat(report.health().refused()).isEqualTo(window + 1);
        assertThat(trainer.state().network()).isEqualTo(before.network());
        assertThat(trainer.state().means()).isEqualTo(before.means());
      }
      trainer.restore(withAbsurdMoments(trainer.state()));
      assertThatThrownBy(() -> trainer.train(TestingTraining.batch(2)))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageStartingWith(
              "3 windows in a row were refused, the last one window 2: Parameters or embeddings")
          .hasMessageContaining("no longer finite numbers")
          .hasMessageContaining("lower training.learning-rate");
      assertThat(trainer.state().network()).isEqualTo(before.network());
    }
  }

  /** The images of a covered lens say nothing about the network, however long it is covered. */
  @ParameterizedTest
  @CsvSource({"LEARNED, 0", "LEARNED, 3", "EUCLIDEAN, 0", "EUCLIDEAN, 3"})
  void imagesThatAreAllAlikeAreSetAsideAndAreNoCollapse(MetricKind metric, int noise) {
    try (QuadrupletNetwork network = TestingTraining.network(metric)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(0), network);
      trainer.train(TestingTraining.batch(0));
      TrainerState before = trainer.state();
      List<Quadruplet> quadruplets = TestingTraining.batch(1).mined().quadruplets();
      List<LabeledImage> alike = blackImages(noise);
      for (int window = 1; window < 6; window++) {
        WindowReport report = trainer.train(TestingTraining.batch(window, alike, quadruplets));

        assertThat(report.identity().version()).isEqualTo(window + 1);
        assertThat(report.health().collapses()).isZero();
        assertThat(report.health().refused()).isZero();
        if (noise == 0) {
          assertThat(report.health().reason()).contains("all alike");
          assertThat(report.health().imageIds()).hasSize(8);
          assertThat(trainer.state().network()).isEqualTo(before.network());
          assertThat(trainer.state().means()).isEqualTo(before.means());
        }
      }
      assertThat(trainer.train(TestingTraining.batch(6)).health().reason()).isNull();
    }
  }

  @Test
  void aWindowThatTrainsEndsARowOfRefusedOnes() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(0), network);
      for (int window = 0; window < 9; window += 3) {
        trainer.restore(collapsed(trainer.state()));
        trainer.train(TestingTraining.batch(window));
        trainer.restore(collapsed(trainer.state()));
        trainer.train(TestingTraining.batch(window + 1));
        assertThat(trainer.train(TestingTraining.batch(window + 2)).health().reason()).isNull();
      }
      assertThat(trainer.state().refusedInARow()).isZero();
      assertThat(trainer.state().refused()).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void anUpdateWithAGradientAboveTheLimitIsRefused(MetricKind metric) {
    try (QuadrupletNetwork network = TestingTraining.network(metric)) {
      QuadrupletTrainer trainer =
          new QuadrupletTrainer(TestingTraining.plainOptions(5, 1e-6), network);
      TrainerState before = trainer.state();
      WindowReport report = trainer.train(TestingTraining.batch(0));

      assertThat(report.health().reason())
          .startsWith("The gradient norm")
          .contains("above the limit");
      assertThat(report.loss().gradientNorm()).isGreaterThan(1e-6);
      assertThat(report.health().imageIds()).hasSize(8);
      TrainerState after = trainer.state();
      assertThat(after.network()).isEqualTo(before.network());
      assertThat(after.means()).isEqualTo(before.means());
      assertThat(after.warmUpWindowsLeft()).isEqualTo(5);
      assertThat(after.version()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aCollapsedEmbeddingIsReportedAndTheGoodParametersComeBackAndLearnAgain(MetricKind metric) {
    try (QuadrupletNetwork network = TestingTraining.network(metric)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(4), network);
      for (int window = 0; window < 5; window++) {
        trainer.train(TestingTraining.batch(window));
      }
      TrainerState healthy = trainer.state();
      assertThat(healthy.fallback()).isNotEqualTo(healthy.network());
      trainer.restore(collapsed(healthy));

      WindowReport report = trainer.train(TestingTraining.batch(5));
      assertThat(report.health().reason())
          .contains("The embedding collapsed")
          .contains("last good");
      assertThat(report.health().collapses()).isEqualTo(1);
      assertThat(report.health().refused()).isEqualTo(1);
      assertThat(report.health().imageIds()).hasSize(8);
      TrainerState recovered = trainer.state();
      assertThat(recovered.network().parametersAlone()).isEqualTo(healthy.fallback());
      assertThat(recovered.network().iteration()).isZero();
      assertThat(recovered.average()).isEqualTo(healthy.fallback());
      assertThat(recovered.warmUpWindowsLeft()).isEqualTo(4);
      assertThat(recovered.means().defined()).isFalse();

      WindowReport first = trainer.train(TestingTraining.batch(6));
      assertThat(first.health().reason()).isNull();
      assertThat(first.margins().warmingUp()).isTrue();
      WindowReport last = first;
      for (int window = 7; window < 150; window++) {
        last = trainer.train(TestingTraining.batch(window));
      }
      assertThat(last.health().collapses()).isEqualTo(1);
      assertThat(last.margins().meanNegative()).isGreaterThan(first.margins().meanNegative());
      assertThat(last.margins().meanNegative() - last.margins().meanPositive())
          .isGreaterThan(first.margins().meanNegative() - first.margins().meanPositive() + 0.1);
    }
  }

  /**
   * What an update leads to, only the next window tells: a copy taken after it may be collapsed.
   */
  @Test
  void onlyParametersThatAWindowFoundSpreadOutAreKeptToFallBackOn() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer = new QuadrupletTrainer(TestingTraining.options(0), network);
      for (int window = 0; window < 6; window++) {
        TrainerState before = trainer.state();
        trainer.train(TestingTraining.batch(window));
        assertThat(trainer.state().fallback().parameters("trunk"))
            .isEqualTo(
                (window % 2 == 0 ? before.network() : before.fallback()).parameters("trunk"));
      }
    }
  }

  /** Polyak and Juditsky 1992, over the last windows only. */
  @Test
  void betweenWindowsTheNetworkHasTheRunningAverageOfTheParameters() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      TrainingOptions options =
          TestingTraining.options(
              TestingTraining.ADAPTIVE,
              0,
              3,
              new ImageAugmentation(0, 0, 0),
              Orientation.Choice.UPRIGHT,
              1e3);
      QuadrupletTrainer trainer = new QuadrupletTrainer(options, network);
      double[] average = TestingNetworks.parameters(network);
      for (int window = 0; window < 30; window++) {
        trainer.train(TestingTraining.batch(window));
        NetworkState trained = trainer.state().network();
        // Over the last tenth of the updates, until that is more than three windows.
        double share = Math.max(1 / 3.0, 9.0 / (window + 10));
        for (int i = 0; i < average.length; i++) {
          int inHead = i - trained.parameters("trunk").length;
          double newest =
              inHead < 0 ? trained.parameters("trunk")[i] : trained.parameters("head")[inHead];
          average[i] += share * (newest - average[i]);
        }
      }
      assertThat(TestingNetworks.parameters(network)).containsExactly(average, within(1e-5));
      assertThat(trainer.state().average()).isEqualTo(network.parametersAlone());
      assertThat(trainer.state().average().parameters("trunk"))
          .isNotEqualTo(trainer.state().network().parameters("trunk"));
    }
  }

  @Test
  void anAverageOverOneWindowIsTheParametersThemselves() {
    try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
      QuadrupletTrainer trainer =
          new QuadrupletTrainer(TestingTraining.plainOptions(0, 1e3), network);
      for (int window = 0; window < 3; window++) {
        trainer.train(TestingTraining.batch(window));
        TrainerState state = trainer.state();
        assertThat(state.average()).isEqualTo(state.network().parametersAlone());
      }
    }
  }

  /**
   * μ_n tells which of the eight the images of a batch were seen in, if it was one for them all.
   */
  @Test
  void allImagesOfABatchAreTrainedOnInOneOrientationDrawnWithTheWindow() {
    TrainingOptions options =
        TestingTraining.options(
            TestingTraining.ADAPTIVE,
            0,
            1,
            new ImageAugmentation(0, 0, 0),
            Orientation.Choice.ALL,
            1e3);
    List<LabeledImage> images = TestingTraining.batch(0).mined().images();
    List<Quadruplet> quadruplets = TestingTraining.batch(0).mined().quadruplets();
    Set<Orientation> seen = new HashSet<>();
    for (int window = 0; window < 40; window++) {
      try (QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED)) {
        QuadrupletTrainer trainer = new QuadrupletTrainer(options, network);
        Map<Orientation, Double> means = new HashMap<>();
        for (Orientation orientation : TestingOrientations.all()) {
          means.put(
              orientation, TestingTraining.observed(trainer, laid(images, orientation)).negative());
        }
        double mean =
            trainer
                .train(TestingTraining.batch(window, images, quadruplets))
                .margins()
                .meanNegative();
        List<Orientation> fitting =
            means.entrySet().stream()
                .filter(entry -> Math.abs(entry.getValue() - mean) < 1e-5)
                .map(Map.Entry::getKey)
                .toList();
        assertThat(fitting).as("window %d: %s among %s", window, mean, means).hasSize(1);
        seen.add(fitting.get(0));
      }
    }
    assertThat(seen).hasSize(8);
  }

  private static List<LabeledImage> laid(List<LabeledImage> images, Orientation orientation) {
    return images.stream()
        .map(
            image ->
                new LabeledImage(
                    image.id(),
                    image.label(),
                    0,
                    TestingOrientations.laid(image.pixels(), orientation)))
        .toList();
  }

  /** A covered lens under different ids and labels, with so many grey levels of noise. */
  private static List<LabeledImage> blackImages(int noise) {
    SplittableRandom random = new SplittableRandom(noise);
    List<LabeledImage> images = new ArrayList<>();
    for (LabeledImage image : TestingTraining.batch(0).mined().images()) {
      byte[] black = new byte[TestingGlyphs.SHAPE.size()];
      for (int i = 0; i < black.length; i++) {
        black[i] = (byte) random.nextInt(noise + 1);
      }
      images.add(
          new LabeledImage(
              image.id(), image.label(), 0, new PixelImage(TestingGlyphs.SHAPE, black)));
    }
    return images;
  }

  /** Every image to one point: the last layer's weights are 0 and its biases alike. */
  private static TrainerState collapsed(TrainerState state) {
    float[] parameters = state.network().parameters("trunk").clone();
    int biases = parameters.length - TestingTraining.EMBEDDING;
    Arrays.fill(parameters, biases - 128 * TestingTraining.EMBEDDING, biases, 0);
    Arrays.fill(parameters, biases, parameters.length, 1);
    return TestingTraining.withTrunk(state, parameters, state.network().updater("trunk"));
  }

  /** Adam divides the first of its two moments by the root of the second, which is 0 here. */
  private static TrainerState withAbsurdMoments(TrainerState state) {
    NetworkState network = state.network();
    float[] moments = network.updater("trunk").clone();
    Arrays.fill(moments, 0, moments.length / 2, Float.MAX_VALUE);
    return TestingTraining.withTrunk(state, network.parameters("trunk"), moments);
  }
}
