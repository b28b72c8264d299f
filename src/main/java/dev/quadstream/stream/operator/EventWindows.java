package dev.quadstream.stream.operator;

import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.stream.options.WindowConfig.WindowKind;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * The windows that event time is cut into, all of one length, from the epoch on.
 *
 * @param millis length of each, 1 or more
 */
record EventWindows(long millis) implements Serializable {

  /** From 2001 to 2100. */
  private static final long EARLIEST_SECONDS = 1_000_000_000;

  private static final long LATEST_SECONDS = 4_102_444_800L;

  /** Those of the options; none where windows go by count. */
  static Optional<EventWindows> of(PipelineSettings settings) {
    return settings.get(WindowConfig.KIND) == WindowKind.EVENT_TIME
        ? Optional.of(new EventWindows(settings.get(WindowConfig.TIMEOUT).toMillis()))
        : Optional.empty();
  }

  /** When the window of this time begins. */
  long startOf(long time) {
    return TimeWindow.getWindowStartWithOffset(time, 0, millis);
  }

  /** The last millisecond of the window that begins then. */
  long lastOf(long start) {
    return start + millis - 1;
  }

  boolean isOver(long time, long watermark) {
    return lastOf(startOf(time)) <= watermark;
  }

  /** Says for people what is late. */
  String describeLate(long time, long watermark) {
    if (time < 0) {
      return "Neither the header 'captured-at' nor the record says when the image was taken, so it is in the window before 1970, which was over: event time stood at %s."
          .formatted(Instant.ofEpochMilli(watermark));
    }
    return "The image was taken at %s, and its window of %d ms was over when it came: event time stood at %s.%s"
        .formatted(Instant.ofEpochMilli(time), millis, Instant.ofEpochMilli(watermark), unit(time));
  }

  /** A record's own time is not refused for its unit, since windows by count do not need it. */
  private static String unit(long time) {
    return time < EARLIEST_SECONDS || time > LATEST_SECONDS
        ? ""
        : " If %d were seconds, it would be %s: the record's time is milliseconds since the epoch."
            .formatted(time, Instant.ofEpochSecond(time));
  }
}
