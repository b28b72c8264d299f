package dev.quadstream.stream.operator;

import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.RejectionReason;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often work on a record or a window may fail the job, which is then restarted and meets the
 * same again: others may have held the memory that it wants. From then on it is put aside, or the
 * job would never get past it. What fails long after a restart is no part of what led to it, and
 * restarts the job once more: it comes again soon after that, from the last checkpoint, if it is
 * the work's own fault. Not thread-safe: each operator has its own.
 */
final class Attempts implements Serializable {

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final long serialVersionUID = 1L;
  private static final int USUAL = 3;
  private static final Duration RECOVERED = Duration.ofMinutes(10);

  private final int most;
  private final Duration recovered;

  /** When this attempt's first checkpoint completed, by {@link System#nanoTime}; or null. */
  private transient Long firstCheckpoint;

  /**
   * Attempts.
   *
   * @param most attempts of the job that may fail in a row, 0 or more
   * @param recovered for how long after an attempt's first checkpoint a failure still counts as one
   *     of the row
   */
  Attempts(int most, Duration recovered) {
    this.most = most;
    this.recovered = recovered;
  }

  Attempts(int most) {
    this(most, RECOVERED);
  }

  /** As many as others may take to give the memory back. */
  static Attempts usual() {
    return new Attempts(USUAL);
  }

  /** A checkpoint of this attempt of the job has completed, so the next one begins behind it. */
  void checkpointCompleted() {
    if (firstCheckpoint == null) {
      firstCheckpoint = System.nanoTime();
    }
  }

  /**
   * Does the work.
   *
   * @param otherwise what comes of work that has failed too often, given why
   */
  <T> T of(RuntimeContext context, Supplier<T> work, Function<Throwable, T> otherwise) {
    try {
      return work.get();
    } catch (ImagesUnreachableException e) {
      // No fault of the record's: the job restarts until they can be reached.
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      if (context.getTaskInfo().getAttemptNumber() < most || hasRecovered()) {
        throw e;
      }
      LOG.error("What fails the job each time is put aside.", e);
      return otherwise.apply(e);
    }
  }

  private boolean hasRecovered() {
    return firstCheckpoint != null && System.nanoTime() - firstCheckpoint >= recovered.toNanos();
  }

  /** Of a record on which reading has failed too often. */
  static RejectedRecord rejection(Throwable failure) {
    return new RejectedRecord(
        RejectionReason.RECORD_FAILED,
        "To read the record failed each time: %s.".formatted(failure));
  }
}
