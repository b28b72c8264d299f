package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MiningModelTest {

  @Test
  void aWindowIsMinedWithTheLastPublishedVersionAtLeastTheStalenessBehindIt() {
    assertThat(LongStream.range(0, 14).map(window -> MiningModel.versionFor(window, 4, 2)))
        .containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 4L, 4L, 4L, 4L, 8L, 8L, 8L, 8L);
    assertThat(LongStream.range(0, 4).map(window -> MiningModel.versionFor(window, 1, 0)))
        .containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void windowNumbersBeyondAnIntegerAreNoLimit() {
    assertThat(MiningModel.versionFor(10_000_000_005L, 8, 4)).isEqualTo(10_000_000_000L);
  }
}
