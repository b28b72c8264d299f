package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MapComparisonTest {

  @Test
  void aCellHasItsCosinesStrengthsAndTheDistance() {
    FeatureMap a = FeatureMap.of(new float[] {3, 0, 0, 0, 4, 0, 0, 0, 5}, 3);
    FeatureMap b = FeatureMap.of(new float[] {0, 8, 6, 0, 0, 1, 1, 0, 0}, 3);

    float[] row = new MapComparison(1, 3).of(a, b, 0.25f);

    // Cosines of a's cells (x, y, z) with b's (0.8 y + 0.6 z, z, x), row by row:
    // 0 0 1 / 0.8 0 0 / 0.6 1 0.
    float ofA = (float) Math.sqrt(50 / 3.0);
    float ofB = (float) Math.sqrt(102 / 3.0);
    assertCell(row, 0, 0, 0, 0.8, 0.8, 1, 3 / ofA, 10 / ofB);
    assertCell(row, 1, 0, 0.8, 1, 0.8, 1, 1 / ofB, 4 / ofA);
    assertCell(row, 2, 0, 0, 1, 1, 1, 1 / ofB, 5 / ofA);
  }

  private static void assertCell(float[] row, int cell, double... expected) {
    float[] values =
        Arrays.copyOfRange(row, cell * MapComparison.CHANNELS, (cell + 1) * MapComparison.CHANNELS);
    for (int channel = 0; channel < expected.length; channel++) {
      assertThat((double) values[channel])
          .as("channel %d of cell %d", channel, cell)
          .isCloseTo(expected[channel], within(1e-5));
    }
    assertThat(values[MapComparison.CHANNELS - 1]).isEqualTo(0.25f);
  }

  @Test
  void neighboursAreTheCellsAround() {
    float[] left = new float[12];
    float[] right = new float[12];
    left[0] = 1;
    // Two columns away in the same row, and next to it across a corner.
    right[2] = 1;
    float[] far = new MapComparison(3, 4).of(map(left), map(right), 0);
    right = new float[12];
    right[5] = 1;
    float[] near = new MapComparison(3, 4).of(map(left), map(right), 0);

    assertThat(far[2]).isZero();
    assertThat(far[4]).isCloseTo(1, within(1e-5f));
    assertThat(near[2]).isCloseTo(1, within(1e-5f));
  }

  private static FeatureMap map(float[] ofOneChannel) {
    return FeatureMap.of(ofOneChannel, ofOneChannel.length);
  }

  @Test
  void itIsTheSameBothWaysRoundToTheLastBit() {
    MapComparison comparison = new MapComparison(4, 5);
    Random random = new Random(3);
    FeatureMap a = drawn(random);
    FeatureMap b = drawn(random);

    assertThat(comparison.of(a, b, 0.3f)).isEqualTo(comparison.of(b, a, 0.3f));
    assertThat(comparison.of(a, a, 0)).isNotEqualTo(comparison.of(a, b, 0));
  }

  private static FeatureMap drawn(Random random) {
    float[] values = new float[20 * 7];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return FeatureMap.of(values, 20);
  }

  @Test
  void whatARectifierLeavesOutCountsAsNothing() {
    FeatureMap dark = FeatureMap.of(new float[] {-1, -2, -3, -4}, 2);

    assertThat(dark.units()).isDeepEqualTo(new float[2][2]);
    assertThat(dark.strengths()).containsExactly(0, 0);
    assertThat(new MapComparison(1, 2).of(dark, dark, 0)).containsOnly(0);
  }
}
