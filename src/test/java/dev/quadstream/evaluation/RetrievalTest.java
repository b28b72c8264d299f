package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.metric.PairMetric;
import dev.quadstream.search.ReRanking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalTest {

  private static final Bootstrap BOOTSTRAP = Bootstrap.seeded(7);
  private static final double ROUNDING = 1e-6;

  @Test
  void agreesWithValuesComputedByHand() {
    // Nearest first: a at 1 and 4, b at 2, 3 and 5 to 10. Precisions at the positives: 1/1, 2/4.
    LabeledVectors gallery =
        LabeledVectors.of(line(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), labels("abbabbbbbb"));
    LabeledVectors probe = LabeledVectors.of(line(0), labels("a"));

    RetrievalReport report = Retrieval.byDistance().score(gallery, probe).report(BOOTSTRAP);

    assertThat(report.recallAt1().value()).isEqualTo(1);
    assertThat(report.mAP().value()).isEqualTo((1 + 0.5) / 2);
    // R = 2: the second positive stands at rank 4, beyond R.
    assertThat(report.mAPAtR().value()).isEqualTo(0.5);
    // The last of the two stands at rank 4.
    assertThat(report.mINP().value()).isEqualTo(2 / 4.0);
    assertThat(report.distances().intra().value()).isEqualTo(2.5);
    assertThat(report.distances().inter().value())
        .isEqualTo((2 + 3 + 5 + 6 + 7 + 8 + 9 + 10) / 8.0);
    assertThat(report.nearestNeighbourAccuracy().value()).isEqualTo(1);
    assertThat(report.probes()).isEqualTo(1);
    assertThat(report.excludedProbes()).isZero();
  }

  @Test
  void recallGrowsWithK() {
    // The first positives stand at ranks 1, 2, 6 and 10.
    LabeledVectors gallery =
        LabeledVectors.of(line(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), labels("abbbbcbbbd"));
    LabeledVectors probes = LabeledVectors.of(line(0, 0, 0, 0), labels("abcd"));

    ProbeScores scores = Retrieval.byDistance().score(gallery, probes);

    assertThat(scores.recallAt(1)).isEqualTo(0.25);
    assertThat(scores.recallAt(2)).isEqualTo(0.5);
    assertThat(scores.recallAt(5)).isEqualTo(0.5);
    assertThat(scores.recallAt(6)).isEqualTo(0.75);
    assertThat(scores.recallAt(10)).isEqualTo(1);
    assertThat(scores.foundWithin(6)).containsExactly(1, 1, 1, 0);
  }

  @Test
  void leaveOneOutDoesNotFindTheImageItself() {
    // Every image is at 0 from itself and nearest to one of the other class.
    LabeledVectors set = LabeledVectors.of(line(0, 1, 10, 11), labels("abab"));

    ProbeScores scores = Retrieval.byDistance().scoreLeaveOneOut(set);

    assertThat(scores.recallAt(1)).isZero();
    assertThat(scores.recallAt(2)).isEqualTo(0.5);
    assertThat(scores.recallAt(3)).isEqualTo(1);
  }

  @Test
  void tiesAreBrokenByGalleryIndex() {
    LabeledVectors probe = LabeledVectors.of(line(0), labels("a"));

    assertThat(recallAt1(LabeledVectors.of(line(1, -1), labels("ab")), probe)).isEqualTo(1);
    assertThat(recallAt1(LabeledVectors.of(line(1, -1), labels("ba")), probe)).isZero();
  }

  @Test
  void imagesOfTheProbesGroupAreIgnored() {
    LabeledVectors gallery =
        LabeledVectors.grouped(line(1, 2, 3), labels("aba"), new int[] {7, 8, 9});

    assertThat(recallAt1(gallery, LabeledVectors.grouped(line(0), labels("a"), new int[] {7})))
        .isZero();
    assertThat(recallAt1(gallery, LabeledVectors.grouped(line(0), labels("a"), new int[] {6})))
        .isEqualTo(1);
  }

  @Test
  void probesWithoutAPositiveAreExcludedAndCountedAndAreClassifiedWrongly() {
    LabeledVectors gallery =
        LabeledVectors.of(line(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), labels("abbbbbbbbb"));
    LabeledVectors probes = LabeledVectors.of(line(0, 0, 0, 0), labels("axya"));

    RetrievalReport report = Retrieval.byDistance().score(gallery, probes).report(BOOTSTRAP);

    assertThat(report.probes()).isEqualTo(2);
    assertThat(report.excludedProbes()).isEqualTo(2);
    assertThat(report.recallAt1().value()).isEqualTo(1);
    assertThat(report.nearestNeighbourAccuracy().value()).isEqualTo(0.5);
  }

  @Test
  void reRankingReordersOnlyTheNearest() {
    // g sees the first value alone: among the three nearest it prefers c, then b.
    float[][] gallery = {{3, 0}, {2, 3}, {1, 4}, {0, 9}};
    LabeledVectors probe = LabeledVectors.of(new float[][] {{0, 0}}, labels("c"));
    LabeledVectors labelled = LabeledVectors.of(gallery, labels("abcd"));
    Retrieval threeNearest = Retrieval.reRanked(new ReRanking(new TestingPairMetric(), 3));

    assertThat(Retrieval.byDistance().score(labelled, probe).recallAt(2)).isZero();
    assertThat(threeNearest.score(labelled, probe).recallAt(1)).isEqualTo(1);
    assertThat(
            threeNearest
                .score(labelled, LabeledVectors.of(new float[][] {{0, 0}}, labels("d")))
                .recallAt(3))
        .isZero();
  }

  @Test
  void kReciprocalNeighboursRankAboveNearerOnesThatAreNot() {
    // Nearest to the probe are two h, whose own nearest are among themselves and the x behind them.
    float[][] gallery = new float[50][2];
    String[] labels = new String[50];
    Random random = new Random(4);
    for (int image = 0; image < gallery.length; image++) {
      labels[image] = image < 2 ? "h" : image < 35 ? "x" : "p";
      gallery[image][0] = image < 2 ? 0.9f : image < 35 ? 1.5f : -1;
      gallery[image][1] = random.nextFloat() / 10;
    }
    LabeledVectors labelled = LabeledVectors.of(gallery, List.of(labels));
    LabeledVectors probe = LabeledVectors.of(new float[][] {{0, 0}}, labels("p"));

    assertThat(Retrieval.byDistance().score(labelled, probe).recallAt(1)).isZero();
    assertThat(Retrieval.kReciprocal().score(labelled, probe).recallAt(1)).isEqualTo(1);
  }

  @Test
  void reRankingKeepsTheEuclideanOrderOfEqualDistances() {
    PairMetric undecided = (left, leftImages, right, rightImages) -> new float[leftImages.length];
    LabeledVectors gallery = LabeledVectors.of(line(3, 1, 2), labels("abc"));
    LabeledVectors probe = LabeledVectors.of(line(0), labels("b"));

    assertThat(Retrieval.reRanked(ReRanking.by(undecided)).score(gallery, probe).recallAt(1))
        .isEqualTo(1);
  }

  @Test
  void aPairMetricThatGivesNoNumberIsReported() {
    PairMetric diverged =
        (left, leftImages, right, rightImages) -> {
          float[] distances = new float[leftImages.length];
          Arrays.fill(distances, Float.NaN);
          return distances;
        };
    LabeledVectors gallery = LabeledVectors.of(line(3, 1, 2), labels("abc"));

    assertThatThrownBy(() -> Retrieval.reRanked(ReRanking.by(diverged)).scoreLeaveOneOut(gallery))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("NaN");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithTheNaiveImplementationOnGalleryAndProbes(int seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      Drawn gallery = Drawn.from(random, 10 + random.nextInt(60));
      Drawn probes = Drawn.like(gallery, random, 1 + random.nextInt(30));
      int nearest = random.nextBoolean() ? 2 + random.nextInt(20) : 1;

      TestingNaiveRetrieval naive = new TestingNaiveRetrieval();
      for (int probe = 0; probe < probes.size(); probe++) {
        boolean[] ignored = new boolean[gallery.size()];
        for (int index = 0; index < ignored.length; index++) {
          ignored[index] = gallery.groups().get(index).equals(probes.groups().get(probe));
        }
        naive.ask(
            probes.vectors()[probe],
            probes.labels().get(probe),
            gallery.vectors(),
            gallery.labels(),
            ignored,
            nearest);
      }
      assertSame(retrieval(nearest).score(gallery.labeled(), probes.labeled()), naive);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14, 15, 16, 17, 18})
  void agreesWithTheNaiveImplementationLeavingOneOut(int seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      Drawn set = Drawn.from(random, 11 + random.nextInt(60));
      int nearest = random.nextBoolean() ? 2 + random.nextInt(20) : 1;

      TestingNaiveRetrieval naive = new TestingNaiveRetrieval();
      for (int probe = 0; probe < set.size(); probe++) {
        boolean[] ignored = new boolean[set.size()];
        for (int index = 0; index < ignored.length; index++) {
          ignored[index] =
              index == probe || set.groups().get(index).equals(set.groups().get(probe));
        }
        naive.ask(
            set.vectors()[probe],
            set.labels().get(probe),
            set.vectors(),
            set.labels(),
            ignored,
            nearest);
      }
      assertSame(retrieval(nearest).scoreLeaveOneOut(set.labeled()), naive);
    }
  }

  @Test
  void agreesWithTheNaiveImplementationAcrossTilesAndBlocks() {
    // More gallery images than one tile and more probes than one block, of arbitrary floats.
    Random random = new Random(5);
    float[][] gallery = gaussian(random, 1200, 9);
    float[][] probes = gaussian(random, 300, 9);
    List<String> galleryLabels = drawnLabels(random, 1200, 20);
    List<String> probeLabels = drawnLabels(random, 300, 20);

    TestingNaiveRetrieval naive = new TestingNaiveRetrieval();
    for (int probe = 0; probe < probes.length; probe++) {
      naive.ask(
          probes[probe], probeLabels.get(probe), gallery, galleryLabels, new boolean[1200], 1);
    }

    assertSame(
        Retrieval.byDistance()
            .score(
                LabeledVectors.of(gallery, galleryLabels), LabeledVectors.of(probes, probeLabels)),
        naive);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void aKOutsideTheGalleryIsRefused(int k) {
    LabeledVectors set = LabeledVectors.of(line(0, 1, 2, 3), labels("aabb"));
    ProbeScores scores = Retrieval.byDistance().scoreLeaveOneOut(set);

    assertThat(scores.recallAt(3)).isEqualTo(1);
    assertThatThrownBy(() -> scores.recallAt(k))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("recall@" + k)
        .hasMessageContaining("a gallery of 3 images; use k from 1 to 3");
  }

  @Test
  void recallBeyondASmallGalleryIsLeftOutOfTheReport() {
    LabeledVectors set = LabeledVectors.of(line(0, 1, 2, 3, 4, 5), labels("aabbcc"));

    RetrievalReport report = Retrieval.byDistance().scoreLeaveOneOut(set).report(BOOTSTRAP);

    assertThat(report.recallAt5().value()).isEqualTo(1);
    assertThat(report.recallAt10()).as("of a gallery of 5").isNull();
    assertThat(report.mAP()).isNotNull();
  }

  @Test
  void aGalleryOfOneClassIsRefused() {
    LabeledVectors set = LabeledVectors.of(line(0, 1, 2), labels("aaa"));

    assertThatThrownBy(() -> Retrieval.byDistance().scoreLeaveOneOut(set))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("All 3 images of the gallery are of one class, \"a\"");
  }

  @Test
  void anEmptySideIsRefused() {
    LabeledVectors empty = LabeledVectors.of(new float[0][], List.of());
    LabeledVectors set = LabeledVectors.of(line(0, 1), labels("ab"));

    assertThatThrownBy(() -> Retrieval.byDistance().score(empty, set))
        .hasMessageContaining("The gallery is empty");
    assertThatThrownBy(() -> Retrieval.byDistance().score(set, empty))
        .hasMessageContaining("The set of probes is empty");
  }

  @Test
  void vectorsOfDifferentModelsAreRefused() {
    LabeledVectors gallery = LabeledVectors.of(line(0, 1), labels("ab"));
    LabeledVectors probes = LabeledVectors.of(new float[][] {{0, 1, 2}}, labels("a"));

    assertThatThrownBy(() -> Retrieval.byDistance().score(gallery, probes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("have 1 values but the probes' 3");
  }

  @Test
  void groupsOnOneSideAloneAreRefused() {
    LabeledVectors gallery = LabeledVectors.of(line(0, 1), labels("ab"));
    LabeledVectors probes = LabeledVectors.grouped(line(0), labels("a"), new int[] {1});

    assertThatThrownBy(() -> Retrieval.byDistance().score(gallery, probes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Only the set of probes has groups");
  }

  @Test
  void nothingToFindIsRefused() {
    LabeledVectors set = LabeledVectors.of(line(0, 1), labels("ab"));
    ProbeScores scores = Retrieval.byDistance().scoreLeaveOneOut(set);

    assertThat(scores.excludedProbes()).isEqualTo(2);
    assertThatThrownBy(() -> scores.recallAt(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("None of the 2 probes");
  }

  private static void assertSame(ProbeScores scores, TestingNaiveRetrieval naive) {
    assertThat(scores.excludedProbes()).isEqualTo(naive.excluded);
    assertThat(scores.probes()).isEqualTo(naive.firstRanks.size());
    if (scores.probes() == 0) {
      return;
    }
    for (int k = 1; k <= 10; k++) {
      assertThat(scores.recallAt(k)).isEqualTo(naive.recallAt(k), within(1e-12));
    }
    RetrievalReport report = scores.report(BOOTSTRAP);
    double accuracy =
        (double) Collections.frequency(naive.firstRanks, 1)
            / (naive.firstRanks.size() + naive.excluded);
    assertThat(report.recallAt1().value()).isEqualTo(naive.recallAt(1), within(1e-12));
    assertThat(report.recallAt5().value()).isEqualTo(naive.recallAt(5), within(1e-12));
    assertThat(report.recallAt10().value()).isEqualTo(naive.recallAt(10), within(1e-12));
    assertThat(report.nearestNeighbourAccuracy().value()).isEqualTo(accuracy, within(1e-12));
    assertMean(report.mAP(), naive.averagePrecisions);
    assertMean(report.mAPAtR(), naive.averagePrecisionsAtR);
    assertMean(report.mINP(), naive.inversePenalties);
    assertMean(report.distances().intra(), naive.intra);
    assertMean(report.distances().inter(), naive.inter);
  }

  private static void assertMean(Interval measured, List<Double> expected) {
    assertThat(measured.value()).isEqualTo(TestingNaiveRetrieval.mean(expected), within(ROUNDING));
  }

  private static Retrieval retrieval(int nearest) {
    return nearest == 1
        ? Retrieval.byDistance()
        : Retrieval.reRanked(new ReRanking(new TestingPairMetric(), nearest));
  }

  private static double recallAt1(LabeledVectors gallery, LabeledVectors probes) {
    return Retrieval.byDistance().score(gallery, probes).recallAt(1);
  }

  static float[][] line(float... positions) {
    float[][] vectors = new float[positions.length][];
    for (int row = 0; row < vectors.length; row++) {
      vectors[row] = new float[] {positions[row]};
    }
    return vectors;
  }

  static List<String> labels(String oneLetterEach) {
    return List.of(oneLetterEach.split(""));
  }

  private static float[][] gaussian(Random random, int rows, int width) {
    float[][] vectors = new float[rows][width];
    for (float[] vector : vectors) {
      for (int dimension = 0; dimension < width; dimension++) {
        vector[dimension] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  private static List<String> drawnLabels(Random random, int rows, int classes) {
    List<String> labels = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      labels.add("class-" + random.nextInt(classes));
    }
    return labels;
  }

  /** Small whole numbers, whose distances are exact in float, so that ties are many and real. */
  private record Drawn(LabeledVectors labeled, List<Integer> groups, int classes) {

    static Drawn from(Random random, int rows) {
      return draw(random, rows, 1 + random.nextInt(5), 2 + random.nextInt(6));
    }

    static Drawn like(Drawn other, Random random, int rows) {
      return draw(random, rows, other.labeled.width(), other.classes);
    }

    private static Drawn draw(Random random, int rows, int width, int classes) {
      float[][] vectors = new float[rows][width];
      for (float[] vector : vectors) {
        for (int dimension = 0; dimension < width; dimension++) {
          vector[dimension] = random.nextInt(5) - 2;
        }
      }
      int[] groups = random.ints(rows, 0, 8).toArray();
      List<String> labels = drawnLabels(random, rows, classes);
      labels.set(0, "class-0");
      labels.set(rows - 1, "class-1");
      return new Drawn(
          LabeledVectors.grouped(vectors, labels, groups),
          Arrays.stream(groups).boxed().toList(),
          classes);
    }

    int size() {
      return labeled.size();
    }

    float[][] vectors() {
      return labeled.vectors();
    }

    List<String> labels() {
      return labeled.labels();
    }
  }
}
