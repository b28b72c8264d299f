package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorMapTest {

  private static final int SIZE = 6;

  private final Random random = new Random(5);

  @Test
  void anAffineMapIsFoundAgain() {
    float[][] from = new float[200][];
    float[][] to = new float[200][];
    float[][] turn = new float[SIZE][];
    for (int r = 0; r < SIZE; r++) {
      turn[r] = unit(SIZE);
    }
    float[] shift = unit(SIZE);
    for (int i = 0; i < from.length; i++) {
      from[i] = unit(SIZE);
      to[i] = normalised(affine(from[i], turn, shift));
    }

    VectorMap map = VectorMap.fit(from, to);

    for (int trial = 0; trial < 20; trial++) {
      float[] vector = from[trial];
      float[] mapped = map.apply(vector);
      assertThat(norm(mapped)).isCloseTo(1, within(1e-6));
      // Exact before all are brought to unit length, near afterwards.
      assertThat(distance(mapped, to[trial])).isLessThan(0.25 * distance(vector, to[trial]));
    }
  }

  @Test
  void theSameSpaceStaysAsItIs() {
    float[][] vectors = new float[100][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = unit(SIZE);
    }

    VectorMap map = VectorMap.fit(vectors, vectors);

    assertThat(map.apply(vectors[0])).containsExactly(vectors[0], within(1e-3f));
  }

  @Test
  void pairsThatLeaveDirectionsOpenHaveAMapNevertheless() {
    float[][] few = {{1, 0, 0}, {0, 1, 0}};

    assertThat(norm(VectorMap.fit(few, few).apply(new float[] {0, 0.6f, 0.8f})))
        .isCloseTo(1, within(1e-6));
  }

  @Test
  void vectorsOfDifferentLengthsHaveNoMap() {
    assertThatThrownBy(() -> VectorMap.fit(new float[][] {{1, 0}}, new float[][] {{1, 0, 0}}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> VectorMap.fit(new float[0][], new float[0][]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static float[] affine(float[] vector, float[][] turn, float[] shift) {
    float[] result = new float[SIZE];
    for (int c = 0; c < SIZE; c++) {
      result[c] = 0.2f * shift[c];
      for (int r = 0; r < SIZE; r++) {
        result[c] += vector[r] * turn[r][c];
      }
    }
    return result;
  }

  private float[] unit(int size) {
    float[] vector = new float[size];
    for (int i = 0; i < size; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return normalised(vector);
  }

  private static float[] normalised(float[] vector) {
    float[] unit = vector.clone();
    for (int i = 0; i < unit.length; i++) {
      unit[i] /= (float) norm(vector);
    }
    return unit;
  }

  private static double norm(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static double distance(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += Math.pow((double) x[i] - y[i], 2);
    }
    return Math.sqrt(sum);
  }
}
