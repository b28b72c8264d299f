package dev.quadstream.stream.startup;

import org.apache.flink.runtime.execution.SuppressRestartsException;

/** A failure that would be the same at each restart. */
public final class FinalFailure {

  private FinalFailure() {}

  /** What to throw so that Flink ends the job with the cause and does not restart it. */
  public static RuntimeException of(Throwable cause) {
    return new SuppressRestartsException(cause);
  }
}
