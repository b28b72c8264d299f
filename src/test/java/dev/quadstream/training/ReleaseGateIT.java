package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate over many runs. */
@Tag("long")
class ReleaseGateIT {

  /** Three hundred runs of each kind, also of versions that are tested on 24,576 images each. */
  @ParameterizedTest
  @CsvSource({
    "0.01,256,0.02",
    "0,256,0.02",
    "0,64,0.02",
    "0,256,0.1",
    "0,1024,0.02",
    "0,1024,0.1",
    "0.01,1024,0.2"
  })
  void aSlowErosionIsStoppedInNearlyAllOfManyRuns(double gain, int every, double discordant) {
    assertThat(TestingReleaseRun.eroded(gain, every, discordant, 300)).isLessThanOrEqualTo(3);
  }
}
