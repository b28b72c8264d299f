package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

  @Test
  void theRateRisesByEqualStepsToItsFullValue() {
    LearningRateSchedule schedule = new LearningRateSchedule(3, 0);

    assertThat(schedule.shareAfter(0)).isEqualTo(0.25);
    assertThat(schedule.shareAfter(1)).isEqualTo(0.5);
    assertThat(schedule.shareAfter(3)).isEqualTo(1);
    assertThat(schedule.shareAfter(1_000_000)).isEqualTo(1);
  }

  @Test
  void theRateFallsAsTheRootOfTheUpdatesAndNeverBelowATenth() {
    LearningRateSchedule schedule = new LearningRateSchedule(0, 100);

    assertThat(schedule.shareAfter(0)).isEqualTo(1);
    assertThat(schedule.shareAfter(300)).isCloseTo(0.5, within(1e-12));
    assertThat(schedule.shareAfter(1_500)).isCloseTo(0.25, within(1e-12));
    assertThat(schedule.shareAfter(Integer.MAX_VALUE)).isEqualTo(0.1);
  }

  @Test
  void aConstantRateIsWhole() {
    assertThat(LearningRateSchedule.constant().shareAfter(0)).isEqualTo(1);
    assertThat(LearningRateSchedule.constant().shareAfter(99_999)).isEqualTo(1);
  }

  @Test
  void negativeUpdatesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRateSchedule(-1, 0))
        .withMessageContaining("rampUpdates = -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRateSchedule(0, -5))
        .withMessageContaining("decayUpdates = -5");
  }
}
