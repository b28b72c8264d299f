package dev.quadstream.cli;

import dev.quadstream.kafka.KafkaSendException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** One record that is too large for its topic is no reason to keep the others back. */
final class TooLargeRecords {

  private KafkaSendException first;

  /**
   * Sends or flushes.
   *
   * @throws KafkaSendException if something could not be sent for another reason
   */
  void passOver(Runnable sending) {
    try {
      sending.run();
    } catch (KafkaSendException e) {
      if (!(e.getCause() instanceof RecordTooLargeException)) {
        throw e;
      }
      first = first == null ? e : first;
    }
  }

  /**
   * Tells of them once the others are sent.
   *
   * @param what was to be sent, such as "images"
   * @throws CommandException if there was one
   */
  void throwIfAny(String what) {
    if (first != null) {
      throw CommandException.failed(
          "Not all %s were sent. %s".formatted(what, first.getMessage()), first);
    }
  }
}
