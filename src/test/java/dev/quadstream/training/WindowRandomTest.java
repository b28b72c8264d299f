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
      assertThat(WindowRandom.of(7, 1, 42, purpose).longs(20).toArray())
          .isEqualTo(WindowRandom.of(7, 1, 42, purpose).longs(20).toArray());
    }
  }

  @Test
  void everySeedShardWindowAndPurposeHasASequenceOfItsOwn() {
    Set<Long> firstValues = new HashSet<>();
    int sequences = 0;
    for (long seed = -2; seed < 6; seed++) {
      for (int shard = 0; shard < 8; shard++) {
        for (long window = 0; window < 100; window++) {
          for (Purpose purpose : Purpose.values()) {
            firstValues.add(WindowRandom.of(seed, shard, window, purpose).nextLong());
            sequences++;
          }
        }
      }
    }
    assertThat(firstValues).hasSize(sequences);
  }

  @Test
  void neighbouringWindowsAreUnrelated() {
    double mean =
        IntStream.range(0, 10_000)
            .mapToDouble(window -> WindowRandom.of(7, 0, window, Purpose.MINING).nextDouble())
            .average()
            .orElseThrow();
    double agreement =
        IntStream.range(0, 10_000)
            .mapToDouble(
                window ->
                    (WindowRandom.of(7, 0, window, Purpose.MINING).nextDouble() - 0.5)
                        * (WindowRandom.of(7, 0, window + 1, Purpose.MINING).nextDouble() - 0.5))
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
            .map(purpose -> WindowRandom.of(20_170_721, 3, 1_000_000_007L, purpose).nextLong())
            .toList();

    assertThat(drawn)
        .containsExactly(
            -1194568345560304886L,
            151326881805287841L,
            1825305510144350131L,
            -2625544169494280575L,
            -3906430861978005960L,
            7506741799381263208L,
            -3451334611837365657L);
    assertThat(Purpose.values())
        .containsExactly(
            Purpose.MEMORY_SELECTION,
            Purpose.MINING,
            Purpose.MEMORY_UPDATE,
            Purpose.AUGMENTATION,
            Purpose.MEAN_PAIRS,
            Purpose.WARM_UP,
            Purpose.ORIENTATION);
  }
}
