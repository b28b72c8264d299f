package dev.quadstream.serve.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlaneProjectionTest {

  @Test
  void thePlaneHoldsTheDirectionsOfLargestSpread() {
    // Spread 4 along the third axis, 2 along the first, almost none along the second.
    float[][] rows = {
      {2, 0.01f, 4}, {2, -0.01f, -4}, {-2, -0.01f, 4}, {-2, 0.01f, -4},
    };

    double[][] points = PlaneProjection.principalPlane(rows);

    for (int i = 0; i < rows.length; i++) {
      assertThat(points[i][0]).isCloseTo(rows[i][2], within(1e-4));
      assertThat(points[i][1]).isCloseTo(rows[i][0], within(1e-4));
    }
  }

  @Test
  void aTurnedAndMirroredCopyIsTurnedBackExactly() {
    double[][] before = randomPoints(40);
    double[][] after = new double[before.length][];
    for (int i = 0; i < before.length; i++) {
      double x = before[i][0];
      double y = -before[i][1];
      double angle = 2.1;
      after[i] =
          new double[] {
            Math.cos(angle) * x - Math.sin(angle) * y + 5, Math.sin(angle) * x + Math.cos(angle) * y
          };
    }

    double[][] aligned = PlaneProjection.aligned(after, IntStream.range(0, 40).toArray(), before);

    for (int i = 0; i < before.length; i++) {
      assertThat(aligned[i]).containsExactly(before[i], within(1e-9));
    }
  }

  @Test
  void imagesThatAreNewAreTurnedWithTheOthers() {
    double[][] before = {{0, 0}, {1, 0}, {0, 1}};
    double[][] now = {{3, 3}, {3, 4}, {2, 3}, {2, 4}};

    double[][] aligned = PlaneProjection.aligned(now, new int[] {0, 1, 2}, before);

    assertThat(aligned[3]).containsExactly(new double[] {1, 1}, within(1e-9));
  }

  @Test
  void distancesOnTheMapAreKept() {
    double[][] before = randomPoints(20);
    double[][] now = randomPoints(21);

    double[][] aligned = PlaneProjection.aligned(now, IntStream.range(0, 20).toArray(), before);

    assertThat(distance(aligned[3], aligned[20]))
        .isCloseTo(distance(now[3], now[20]), within(1e-9));
  }

  @Test
  void withoutACommonImageThePointsStay() {
    double[][] now = {{3, 3}, {3, 4}};

    assertThat(PlaneProjection.aligned(now, new int[] {0}, new double[][] {{9, 9}}))
        .isDeepEqualTo(now);
  }

  @Test
  void equalVectorsLieOnOnePointInsteadOfFailing() {
    float[][] rows = {{1, 0}, {1, 0}, {1, 0}};

    assertThat(PlaneProjection.principalPlane(rows)).isDeepEqualTo(new double[3][2]);
  }

  private static double distance(double[] left, double[] right) {
    return Math.hypot(left[0] - right[0], left[1] - right[1]);
  }

  private static double[][] randomPoints(int count) {
    Random random = new Random(count);
    double[][] points = new double[count][];
    for (int i = 0; i < count; i++) {
      points[i] = new double[] {random.nextGaussian(), random.nextGaussian()};
    }
    return points;
  }
}
