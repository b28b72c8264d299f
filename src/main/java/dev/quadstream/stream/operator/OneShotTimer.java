package dev.quadstream.stream.operator;

import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * A timer without a key, set anew only once it has fired; it is in no checkpoint. For the task's
 * thread.
 */
final class OneShotTimer {

  private final ProcessingTimeService clock;
  private final Runnable action;
  private boolean set;

  OneShotTimer(ProcessingTimeService clock, Runnable action) {
    this.clock = clock;
    this.action = action;
  }

  /** Has the action run after so many milliseconds, unless it is to run already. */
  void set(long millis) {
    if (set) {
      return;
    }
    set = true;
    var unused =
        clock.registerTimer(
            clock.getCurrentProcessingTime() + millis,
            time -> {
              set = false;
              action.run();
            });
  }
}
