package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompatibilityTest {

  private static final int CLASSES = 6;
  private static final int EACH = 20;

  private final Random random = new Random(3);
  private final List<String> labels = new ArrayList<>();
  private final float[][] newest = new float[CLASSES * EACH][];
  private final float[][] turned = new float[CLASSES * EACH][];

  CompatibilityTest() {
    for (int i = 0; i < newest.length; i++) {
      int label = i % CLASSES;
      labels.add("class-" + label);
      newest[i] = new float[CLASSES];
      for (int j = 0; j < CLASSES; j++) {
        newest[i][j] = (j == label ? 1 : 0) + 0.1f * (float) random.nextGaussian();
      }
      // The same space with its axes one further: as good by itself, of no use beside the other.
      turned[i] = new float[CLASSES];
      for (int j = 0; j < CLASSES; j++) {
        turned[i][(j + 1) % CLASSES] = newest[i][j];
      }
    }
  }

  @Test
  void vectorsOfOneModelCompareAndThoseOfTwoDoNot() {
    Compatibility compatibility = new Compatibility(List.of(turned, newest), labels);

    assertThat(compatibility.matrix()).isEqualTo(new double[][] {{1, 0}, {0, 1}});
    assertThat(compatibility.mixed(1)).isEqualTo(1);
    assertThat(compatibility.mixed(0)).isLessThan(1);
  }

  @Test
  void aMapBringsThemTogether() {
    double[] recall = new Compatibility(List.of(turned, newest), labels).mapped(0);

    assertThat(recall[0]).isCloseTo(1, within(1e-9));
    assertThat(recall[1]).isCloseTo(1, within(1e-9));
  }

  @Test
  void noImageFindsItself() {
    float[][] lonely = {{1, 0}, {0.9f, 0.1f}, {0, 1}};

    assertThat(Compatibility.recall(lonely, lonely, List.of("a", "b", "a"))).isZero();
  }
}
