package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class ReleaseStateTest {

  @Test
  void aVersionThatIsNeverReleasedAgainIsNotTheOneThatTakesOver() {
    ReleaseState state = ReleaseState.first(32).pinned(64).quarantined(32);

    assertThat(state.live()).isEqualTo(64);
    assertThat(state.previous()).isNull();
    assertThat(state.quarantined()).containsExactly(32L);
    assertThatIllegalStateException().isThrownBy(() -> state.quarantined(64));
  }

  @Test
  void whereAnotherVersionIsQuarantinedTheOneBeforeStillTakesOver() {
    ReleaseState state = ReleaseState.first(32).pinned(64).quarantined(96).quarantined(64);

    assertThat(state.live()).isEqualTo(32);
    assertThat(state.quarantined()).containsExactly(96L, 64L);
  }
}
