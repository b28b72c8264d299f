package dev.quadstream.evaluation;

import static dev.quadstream.evaluation.RetrievalTest.labels;
import static dev.quadstream.evaluation.RetrievalTest.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassDistancesTest {

  private static final Bootstrap BOOTSTRAP = Bootstrap.seeded(1);
  private static final TestingPairMetric METRIC = new TestingPairMetric();

  @Test
  void agreesWithValuesComputedByHand() {
    // The a's are 1 apart (g = 1/2), the b's 0 (g = 0), each a and each b 0.5 (g = 1/3).
    LabeledVectors set = LabeledVectors.of(line(0, 1, 0.5f, 0.5f), labels("aabb"));

    ClassDistances distances = ClassDistances.sample(set, METRIC, 4, BOOTSTRAP, 1);

    assertThat(distances.anchors()).isEqualTo(4);
    assertThat(distances.intra().value()).isEqualTo(0.25);
    assertThat(distances.inter().value()).isEqualTo(1 / 3.0, within(1e-6));
  }

  @Test
  void comesCloseToTheMeanOverAllPairs() {
    float[] positions = new float[300];
    List<String> names = new ArrayList<>();
    for (int row = 0; row < positions.length; row++) {
      positions[row] = row * 37 % 101 / 20f;
      names.add("class-" + row % 3);
    }
    LabeledVectors set = LabeledVectors.of(line(positions), names);
    double[] sums = new double[2];
    int[] pairs = new int[2];
    for (int first = 0; first < positions.length; first++) {
      for (int second = 0; second < positions.length; second++) {
        if (first != second) {
          int kind = first % 3 == second % 3 ? 0 : 1;
          double gap = Math.abs(positions[first] - positions[second]);
          sums[kind] += gap / (1 + gap);
          pairs[kind]++;
        }
      }
    }

    ClassDistances distances = ClassDistances.sample(set, METRIC, 300, BOOTSTRAP, 1);

    assertThat(distances.intra().value()).isEqualTo(sums[0] / pairs[0], within(0.04));
    assertThat(distances.inter().value()).isEqualTo(sums[1] / pairs[1], within(0.04));
  }

  @Test
  void partnersOfTheAnchorsGroupAreIgnored() {
    // The a's at 0 are siblings; only the one at 9 is a positive that counts.
    LabeledVectors set =
        LabeledVectors.grouped(line(0, 0, 9, 50), labels("aaab"), new int[] {1, 1, 2, 3});

    ClassDistances distances = ClassDistances.sample(set, METRIC, 10, BOOTSTRAP, 1);

    assertThat(distances.anchors()).isEqualTo(3);
    assertThat(distances.intra().value()).isEqualTo(0.9, within(1e-6));
  }

  @Test
  void takesNoMoreAnchorsThanAskedFor() {
    LabeledVectors set = LabeledVectors.of(line(0, 1, 2, 3), labels("aabb"));

    assertThat(ClassDistances.sample(set, METRIC, 2, BOOTSTRAP, 1).anchors()).isEqualTo(2);
  }

  @Test
  void aSetWithoutPairsIsRefused() {
    LabeledVectors set = LabeledVectors.of(line(0, 1), labels("aa"));

    assertThatThrownBy(() -> ClassDistances.sample(set, METRIC, 2, BOOTSTRAP, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("None of the 2 images");
  }
}
