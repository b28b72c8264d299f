package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;

/** Options of windows and time. */
public final class WindowConfig {

  public static final ConfigOption<Integer> IMAGES =
      key("window.images")
          .intType()
          .defaultValue(32)
          .withDescription("A window closes when it holds this many images.");

  public static final ConfigOption<Integer> MAX_IMAGES =
      key("window.max-images")
          .intType()
          .defaultValue(256)
          .withDescription(
              "A window of any kind closes when it holds this many images, or so many removals: with event-time windows what comes after makes a further window of the same time. Memory is reckoned by it, and window.images may not be more.");

  public static final ConfigOption<Duration> TIMEOUT =
      key("window.timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "A window closes this long after its first image, however few it holds. 0 never closes by time; then, and only then, the windows are a function of the input alone.");

  public static final ConfigOption<WindowKind> KIND =
      key("window.kind")
          .enumType(WindowKind.class)
          .defaultValue(WindowKind.COUNT)
          .withDescription(
              "count: closes by window.images or window.timeout, whichever comes first. event-time: tumbling windows of window.timeout over captured-at; what comes too late for its window is a dead letter.");

  public static final ConfigOption<Duration> OUT_OF_ORDERNESS =
      key("window.out-of-orderness")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "With event-time windows, how much later than others of its partition an image may come.");

  public static final ConfigOption<Duration> SOURCE_IDLENESS =
      key("source.idleness")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "A partition whose images bring no later time for this long no longer holds back event time.");

  private WindowConfig() {}

  /** How windows close. */
  public enum WindowKind {
    COUNT,
    EVENT_TIME
  }
}
