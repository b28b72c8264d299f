package dev.quadstream.kafka;

import java.util.Locale;

/** Why a record of the images topic was rejected before its pixels were looked at. */
public enum RejectionReason {
  /** Key, value and headers together take more than the configured size. */
  TOO_LARGE,
  /** A tombstone without a key removes nothing. */
  MISSING_KEY,
  /** The key is empty, overlong or not text, such as a number in binary or Avro. */
  MALFORMED_KEY,
  /** Neither a label header nor a label in the envelope. */
  MISSING_LABEL,
  /** The label is not text, such as a number in binary. */
  MALFORMED_LABEL,
  /** The label is empty or white space. */
  BLANK_LABEL,
  /** The label has more than 256 bytes. */
  OVERLONG_LABEL,
  /** The captured-at header is not a decimal number of milliseconds since the epoch. */
  MALFORMED_CAPTURED_AT,
  /** The captured-at header is a time in seconds, not in milliseconds. */
  CAPTURED_AT_IN_SECONDS,
  /** The image's time is further ahead of its record's time or of the clock than is allowed. */
  CAPTURED_AT_IN_FUTURE,
  /** The JSON does not parse, or its fields are absent or of the wrong type or no base64. */
  MALFORMED_ENVELOPE,
  /** The image is said to be at an address that the operator does not allow. */
  REFUSED_ADDRESS,
  /** The image is said to be at an address that cannot be read. */
  UNREADABLE_ADDRESS,
  /** No byte of image. */
  EMPTY_IMAGE,
  /** To read the record failed the job each time, for a reason that nobody foresaw. */
  RECORD_FAILED,
  /** The operator named the record by its offset as one to pass over. */
  SKIPPED;

  /** The name in dead letters, such as {@code missing-label}; never changed once released. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
