package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quadstream.json.PrintableText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When an image was taken: the header {@code captured-at}, else the record's own time; and whether
 * that can be. A single image from the future would make all others late. Thread-safe.
 */
public final class CaptureTime {

  /** How far ahead an image may be where nobody says otherwise: Kafka's own bound for records. */
  public static final Duration USUALLY_AHEAD = Duration.ofHours(1);

  private static final Pattern MILLISECONDS = Pattern.compile("\"?([0-9]{1,15})\"?");

  /** 2001 in seconds; in milliseconds, from there to now in seconds is a few days of 1970. */
  private static final long EARLIEST_SECONDS = 1_000_000_000;

  /** No record of Kafka's is older than Kafka; an earlier time is none. */
  private static final long KAFKA_BEGAN = Instant.parse("2011-01-01T00:00:00Z").toEpochMilli();

  private static final long MILLIS = 1_000;

  /** Of 15 digits. */
  private static final long LATEST = 999_999_999_999_999L;

  private static final long NO_TIME = -1;

  private final Duration maxAhead;
  private final InstantSource clock;

  /**
   * A judge.
   *
   * @param maxAhead how far an image's time may be ahead of its record's and of the clock
   */
  public CaptureTime(Duration maxAhead) {
    this(maxAhead, InstantSource.system());
  }

  CaptureTime(Duration maxAhead, InstantSource clock) {
    this.maxAhead = maxAhead;
    this.clock = clock;
  }

  /** Milliseconds since the epoch, or −1 if neither header nor record has a time. */
  long of(SourceRecord source) throws RejectedRecordException {
    // Some clients write any number; no record has a time before 1970.
    long own = Math.max(NO_TIME, source.timestamp());
    long now = clock.millis();
    byte[] header = source.header(HeaderNames.CAPTURED_AT);
    if (header == null) {
      requireNotAhead("The record's own time", own, now, "it was read at");
      return own;
    }
    long time = milliseconds(header, now);
    requireNotAhead("The header '" + HeaderNames.CAPTURED_AT + "'", time, now, "it was read at");
    if (own >= KAFKA_BEGAN) {
      requireNotAhead(
          "The header '" + HeaderNames.CAPTURED_AT + "'", time, own, "its record's own time is");
    }
    return time;
  }

  private static long milliseconds(byte[] header, long now) throws RejectedRecordException {
    String text = new String(header, ISO_8859_1).strip();
    Matcher milliseconds = MILLISECONDS.matcher(text);
    if (!milliseconds.matches()) {
      boolean printable = text.chars().allMatch(PrintableText::isPrintable);
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_CAPTURED_AT,
          "The header '%s' is %s%s. Expected are milliseconds since the epoch in up to 15 decimal digits, such as 1700000000000."
              .formatted(
                  HeaderNames.CAPTURED_AT,
                  printable ? "'" + Excerpt.start(text) + "'" : ForeignBytes.describe(header),
                  otherUnit(text)));
    }
    long time = Long.parseLong(milliseconds.group(1));
    if (!isMilliseconds(time, now)) {
      throw new RejectedRecordException(
          RejectionReason.CAPTURED_AT_IN_SECONDS,
          "The header '%s' is %d, which is %s in seconds and %s in milliseconds. Expected are milliseconds since the epoch: %d."
              .formatted(
                  HeaderNames.CAPTURED_AT,
                  time,
                  Instant.ofEpochSecond(time),
                  Instant.ofEpochMilli(time),
                  time * MILLIS));
    }
    return time;
  }

  /** Whether a header may have this time. */
  static boolean isMilliseconds(long time, long now) {
    return time >= 0
        && time <= LATEST
        && (time < EARLIEST_SECONDS || time > now / MILLIS + Duration.ofDays(1).toSeconds());
  }

  private static String otherUnit(String text) {
    if (text.matches("[0-9]{16}")) {
      return ", as microseconds are";
    }
    if (text.matches("[0-9]{19}")) {
      return ", as nanoseconds are";
    }
    if (text.matches("[0-9]{9,10}[.,][0-9]+")) {
      return ", as seconds are";
    }
    return text.matches("[0-9]{4}-[0-9]{2}-.*") ? ", a date in text" : "";
  }

  private void requireNotAhead(String what, long time, long reference, String ofReference)
      throws RejectedRecordException {
    if (time - reference <= maxAhead.toMillis()) {
      return;
    }
    throw new RejectedRecordException(
        RejectionReason.CAPTURED_AT_IN_FUTURE,
        "%s is %d, which is %s, and %s %s: more than the %d s ahead that image.max-ahead allows. Expected are milliseconds since the epoch."
            .formatted(
                what,
                time,
                Instant.ofEpochMilli(time),
                ofReference,
                Instant.ofEpochMilli(reference),
                maxAhead.toSeconds()));
  }
}
