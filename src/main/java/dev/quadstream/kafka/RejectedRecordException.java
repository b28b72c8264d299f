package dev.quadstream.kafka;

/** Carries a rejection from the rule that finds it to the parser's one exit. */
final class RejectedRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private final RejectionReason reason;

  // Without a stack trace: a stream of bad records is normal, and filling one in is slow.
  RejectedRecordException(RejectionReason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  RejectedRecord toRecord() {
    return new RejectedRecord(reason, getMessage());
  }
}
