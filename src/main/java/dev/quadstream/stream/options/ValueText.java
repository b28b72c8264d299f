package dev.quadstream.stream.options;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;

/** Values of options as people read and write them. */
final class ValueText {

  private ValueText() {}

  /** Text for people that reads back as the same value; empty for no value. */
  static String of(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    if (value instanceof Duration duration) {
      return duration.isZero() ? "0 s" : TimeUtils.formatWithHighestUnit(duration);
    }
    if (value instanceof MemorySize size) {
      return of(size);
    }
    if (value instanceof Double number) {
      return plain(number);
    }
    return value instanceof Map<?, ?> map && map.isEmpty() ? "" : value.toString();
  }

  private static String of(MemorySize size) {
    long bytes = size.getBytes();
    if (bytes > 0 && bytes % (1 << 20) == 0) {
      return (bytes >> 20) + " mb";
    }
    return bytes > 0 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " kb" : bytes + " b";
  }

  private static String plain(double number) {
    return Double.isFinite(number)
        ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
        : Double.toString(number);
  }

  /** Flink knows constants by their Java names, people write them with hyphens. */
  static String forFlink(ConfigOption<?> option, String text) {
    return option.defaultValue() instanceof Enum<?> ? text.trim().replace('-', '_') : text;
  }

  /** What may be written for an option, such as {@code integer} or {@code earliest, latest}. */
  static String typeOf(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (value instanceof Enum<?> constant) {
      StringBuilder choices = new StringBuilder();
      for (Enum<?> choice : constant.getDeclaringClass().getEnumConstants()) {
        choices.append(choices.isEmpty() ? "" : ", ").append(of(choice));
      }
      return choices.toString();
    }
    if (value instanceof Duration) {
      return "duration";
    }
    if (value instanceof MemorySize) {
      return "size";
    }
    if (value instanceof Map) {
      return "map";
    }
    if (value instanceof Boolean) {
      return "true, false";
    }
    if (value instanceof Integer || value instanceof Long) {
      return "integer";
    }
    return value instanceof Double ? "number" : "text";
  }
}
