package dev.quadstream.stream.operator;

import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.RejectionReason;
import java.io.Serializable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often work on a record or a window may fail the job, which is then restarted and meets the
 * same again: others may have held the memory that it wants. From then on it is put aside, or the
 * job would never get past it.
 *
 * @param most of the job that may fail, 0 or more
 */
record Attempts(int most) implements Serializable {

  static final Attempts USUAL = new Attempts(3);

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  /**
   * Does the work.
   *
   * @param otherwise what comes of work that has failed too often, given why
   */
  <T> T of(RuntimeContext context, Supplier<T> work, Function<Throwable, T> otherwise) {
    try {
      return work.get();
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      if (context.getTaskInfo().getAttemptNumber() < most) {
        throw e;
      }
      LOG.error("What fails the job each time is put aside.", e);
      return otherwise.apply(e);
    }
  }

  /** Of a record on which reading has failed too often. */
  static RejectedRecord rejection(Throwable failure) {
    return new RejectedRecord(
        RejectionReason.RECORD_FAILED,
        "To read the record failed each time: %s.".formatted(failure));
  }
}
