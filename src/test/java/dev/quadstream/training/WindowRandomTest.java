package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.training.WindowRandom.Purpose;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WindowRandomTest {

  @Test
  void theSameArgumentsGiveTheSameSequence() {
    for (Purpose purpose : Purpose.values()) {
      assertThat(WindowRandom.of(7, 42, purpose).longs(20).toArray())
          .isEqualTo(WindowRandom.of(7, 42, purpose).longs(20).toArray());
    }
  }

  @Test
  void everySeedWindowAndPurposeHasASequenceOfItsOwn() {
    Set<Long> firstValues = new HashSet<>();
    int sequences = 0;
    for (long seed = -2; seed < 6; seed++) {
      for (long window = 0; window < 800; window++) {
        for (Purpose purpose : Purpose.values()) {
          firstValues.add(WindowRandom.of(seed, window, purpose).nextLong());
          sequences++;
        }
      }
    }
    assertThat(firstValues).hasSize(sequences);
  }

  @Test
  void neighbouringWindowsAreUnrelated() {
    double mean =
        IntStream.range(0, 10_000)
            .mapToDouble(window -> WindowRandom.of(7, window, Purpose.MINING).nextDouble())
            .average()
            .orElseThrow();
    double agreement =
        IntStream.range(0, 10_000)
            .mapToDouble(
                window ->
                    (WindowRandom.of(7, window, Purpose.MINING).nextDouble() - 0.5)
                        * (WindowRandom.of(7, window + 1, Purpose.MINING).nextDouble() - 0.5))
            .average()
            .orElseThrow();

    // Five standard errors: √(1/12 / n) of the mean, 1/12 / √n of the covariance.
    assertThat(mean).isBetween(0.4855, 0.5145);
    assertThat(agreement).isBetween(-0.0042, 0.0042);
  }

  /** A checkpoint outlives the version that wrote it: a changed draw would change its run. */
  @Test
  void theValuesAreThoseOfEarlierVersions() {
    List<Long> drawn =
        Stream.of(Purpose.values())
            .map(purpose -> WindowRandom.of(20_170_721, 1_000_000_007L, purpose).nextLong())
            .toList();

    assertThat(drawn)
        .containsExactly(
            7901079997379228850L,
            3634773534985733410L,
            6944545341175005412L,
            -7898044963090800327L,
            6144854461227318463L,
            7567329891510760180L,
            1436088777734711584L,
            -9012528633267851946L,
            8704385193179018419L);
    assertThat(Purpose.values())
        .containsExactly(
            Purpose.MEMORY_SELECTION,
            Purpose.MINING,
            Purpose.MEMORY_UPDATE,
            Purpose.AUGMENTATION,
            Purpose.MEAN_PAIRS,
            Purpose.WARM_UP,
            Purpose.ORIENTATION,
            Purpose.MEMORY_TAKE_OVER,
            Purpose.LABEL_CORRECTION);
  }
}
