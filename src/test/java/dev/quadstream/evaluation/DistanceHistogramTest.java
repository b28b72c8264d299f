package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.metric.EuclideanMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DistanceHistogramTest {

  /** Unit vectors; g is half their distance. */
  private static final float[][] TWO_POINTS = {{1, 0}, {1, 0}, {-1, 0}, {-1, 0}};

  @Test
  void aBinHoldsItsLowerEndAndTheLastOneOneAsWell() {
    List<Integer> counts = DistanceHistogram.counts(new double[] {0, 0.049, 0.05, 0.5, 0.99, 1});

    assertThat(counts).hasSize(20);
    assertThat(counts.get(0)).isEqualTo(2);
    assertThat(counts.get(1)).isEqualTo(1);
    assertThat(counts.get(10)).isEqualTo(1);
    assertThat(counts.get(19)).isEqualTo(2);
    assertThat(DistanceHistogram.from(1)).isEqualTo(0.05);
  }

  @Test
  void classesAtTwoPointsArePartedWholly() {
    DistanceHistogram histogram = of(TWO_POINTS, List.of("a", "a", "b", "b"));

    assertThat(histogram.pairs()).isEqualTo(4);
    assertThat(histogram.intraShare(0)).isEqualTo(1);
    assertThat(histogram.interShare(19)).isEqualTo(1);
    assertThat(histogram.overlap()).isZero();
  }

  @Test
  void agreesWithPairsThatAreBinnedByHand() {
    // On a grid of g, so that many pairs are equally far and lie on the ends of bins.
    SplittableRandom random = new SplittableRandom(8);
    float[][] vectors = new float[200][];
    List<String> labels = new ArrayList<>();
    for (int row = 0; row < vectors.length; row++) {
      vectors[row] = new float[] {random.nextInt(5) / 4f, 0};
      labels.add("c" + random.nextInt(6));
    }
    LabeledVectors set = LabeledVectors.of(vectors, labels);
    DistanceHistogram histogram = of(vectors, labels);

    AnchorPairs pairs = AnchorPairs.draw(set, vectors.length, 1);
    double[] ofOne = new double[DistanceHistogram.BINS];
    double[] ofTwo = new double[DistanceHistogram.BINS];
    for (int pair = 0; pair < pairs.anchors().length; pair++) {
      int anchor = pairs.anchors()[pair];
      int same = pairs.positives()[pair];
      int other = pairs.negatives()[pair];
      assertThat(labels.get(same)).isEqualTo(labels.get(anchor));
      assertThat(same).isNotEqualTo(anchor);
      assertThat(labels.get(other)).isNotEqualTo(labels.get(anchor));
      ofOne[bin(vectors[anchor], vectors[same])] += 1.0 / pairs.anchors().length;
      ofTwo[bin(vectors[anchor], vectors[other])] += 1.0 / pairs.anchors().length;
    }
    double common = 0;
    for (int bin = 0; bin < DistanceHistogram.BINS; bin++) {
      assertThat(histogram.intraShare(bin)).isCloseTo(ofOne[bin], within(1e-6));
      assertThat(histogram.interShare(bin)).isCloseTo(ofTwo[bin], within(1e-6));
      common += Math.min(ofOne[bin], ofTwo[bin]);
    }
    assertThat(histogram.overlap()).isCloseTo(common, within(1e-6));
  }

  /** Of g = |x − y| / 2, in twentieths: those of a grid of eighths are exact. */
  private static int bin(float[] one, float[] other) {
    return (int) Math.min(19, Math.floor(Math.abs(one[0] - other[0]) / 2 * 20));
  }

  @Test
  void labelsThatSayNothingLeaveNothingParted() {
    SplittableRandom random = new SplittableRandom(4);
    float[][] vectors = new float[2_000][];
    List<String> labels = new ArrayList<>();
    for (int row = 0; row < vectors.length; row++) {
      double angle = random.nextDouble(Math.PI);
      vectors[row] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
      labels.add("c" + random.nextInt(10));
    }

    assertThat(of(vectors, labels).overlap()).isGreaterThan(0.9);
  }

  @Test
  void theMeanOverTheBinsIsThatOfTheDistancesButForTheirWidth() {
    LabeledVectors set = LabeledVectors.of(TWO_POINTS, List.of("a", "b", "a", "b"));
    DistanceHistogram histogram = DistanceHistogram.sample(set, new EuclideanMetric(), 4, 3);
    ClassDistances distances =
        ClassDistances.sample(set, new EuclideanMetric(), 4, Bootstrap.seeded(3), 3);

    double mean = 0;
    for (int bin = 0; bin < DistanceHistogram.BINS; bin++) {
      mean += histogram.intraShare(bin) * (DistanceHistogram.from(bin) + 0.025);
    }
    assertThat(mean).isCloseTo(distances.intra().value(), within(0.026));
  }

  @Test
  void aSetOfOneClassIsRefused() {
    assertThatThrownBy(() -> of(TWO_POINTS, List.of("a", "a", "a", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two classes");
  }

  private static DistanceHistogram of(float[][] vectors, List<String> labels) {
    return DistanceHistogram.sample(
        LabeledVectors.of(vectors, labels), new EuclideanMetric(), vectors.length, 1);
  }
}
