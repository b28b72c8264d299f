package dev.quadstream.stream.operator;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/**
 * Waits in a task's thread for something that does not notify, such as a file, while the task's
 * mails are run.
 */
final class MailboxWait {

  /** Asking takes one part of so many of the time, and a wait is longer by one part at most. */
  private static final int PARTS = 10;

  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final MailboxExecutor mailbox;

  private MailboxWait(MailboxExecutor mailbox) {
    this.mailbox = mailbox;
  }

  /** In the thread of an operator's task. */
  static MailboxWait of(AbstractStreamOperator<?> operator) {
    return new MailboxWait(
        operator
            .getContainingTask()
            .getMailboxExecutorFactory()
            .createExecutor(operator.getOperatorConfig().getChainIndex()));
  }

  /** What is waited for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  /**
   * Asks again and again, the less often the longer that takes and the longer the wait has been.
   *
   * @return whether the condition holds, or else the time is over
   */
  boolean until(Condition condition, Duration most) throws Exception {
    long start = System.nanoTime();
    while (true) {
      long asked = System.nanoTime();
      if (condition.holds()) {
        return true;
      }
      long answered = System.nanoTime();
      long left = most.toNanos() - (answered - start);
      if (left <= 0) {
        return false;
      }
      long pause = Math.max(PARTS * (answered - asked), (answered - start) / PARTS);
      long bounded = Math.max(SHORTEST_PAUSE_NANOS, Math.min(LONGEST_PAUSE_NANOS, pause));
      wakeUpIn(Math.min(bounded, left));
      mailbox.yield();
    }
  }

  private void wakeUpIn(long nanos) {
    CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(this::wakeUp);
  }

  private void wakeUp() {
    try {
      mailbox.execute(() -> {}, "ask again");
    } catch (RejectedExecutionException e) {
      // The task is over, and so is its wait.
    }
  }
}
