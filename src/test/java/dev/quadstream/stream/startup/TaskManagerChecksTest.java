package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class TaskManagerChecksTest {

  private static final boolean MAY_PASS = true;

  @Test
  void aRefusalEndsAJobThatStarts() {
    assertThatThrownBy(() -> refusal(0, !MAY_PASS)).isInstanceOf(SuppressRestartsException.class);
    assertThatThrownBy(() -> refusal(0, MAY_PASS)).isInstanceOf(SuppressRestartsException.class);
  }

  /** As where the TaskManager that had its first attempt was lost. */
  @Test
  void aRefusalEndsAJobWhoseFirstAttemptEndedForAnotherReason() {
    assertThatThrownBy(() -> refusal(1, !MAY_PASS)).isInstanceOf(SuppressRestartsException.class);
  }

  @Test
  void whatMayPassIsLeftToTheRestartStrategyOnceAJobHasRun() {
    assertThatThrownBy(() -> refusal(1, MAY_PASS)).isInstanceOf(StartRefusedException.class);
  }

  private static void refusal(int attempt, boolean mayPass) {
    TaskInfo task = new TaskInfoImpl("train", 1, 0, 1, attempt);
    TaskManagerChecks.at(
        task,
        mayPass,
        () -> {
          throw new StartRefusedException("nothing fits");
        });
  }
}
