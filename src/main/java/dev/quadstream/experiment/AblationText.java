package dev.quadstream.experiment;

import dev.quadstream.evaluation.Interval;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results in words, the same on the terminal and on the page. */
public final class AblationText {

  private AblationText() {}

  static String protocol(AblationReport.Setting setting) {
    return format(
        "%s: %,d images to each network, %d seeds, warm-up of %d windows%s; measured on %s classes, %.0f a seed (%,.0f images).",
        setting.dataset(),
        setting.images(),
        setting.seeds(),
        setting.warmUpWindows(),
        options(setting.options()),
        setting.on().text(),
        setting.heldOutClasses(),
        setting.heldOutImages());
  }

  private static String options(Map<String, String> options) {
    return options.entrySet().stream()
        .map(option -> ", " + option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining());
  }

  public static String interval(Interval interval) {
    return interval(interval.value(), interval.low(), interval.high());
  }

  public static String interval(double value, double low, double high) {
    return format("%.3f [%.3f, %.3f]", value, low, high);
  }

  /** What is said of a row in place of its figures. */
  static String diverged(String why) {
    return "diverged, " + why;
  }

  /** What an answer's interval allows to say, and no more. */
  static String verdict(AblationReport.Difference answer) {
    String change = change(answer.difference(), answer.low(), answer.high());
    if (answer.low() > 0) {
      return "Yes: %s is above %s by %s.".formatted(answer.first(), answer.second(), change);
    }
    if (answer.high() < 0) {
      return "No: %s is below %s by %s.".formatted(answer.first(), answer.second(), change);
    }
    return "Not shown: %s against %s is %s, an interval that holds 0."
        .formatted(answer.first(), answer.second(), change);
  }

  /** Of a row's recall by age: what the classes have in common. */
  static String classes(AblationReport.Remembered group) {
    return group.to() == null
        ? format("%s more than %,d images ago", group.what(), group.from() - 1)
        : format("%s %,d to %,d images ago", group.what(), group.from(), group.to());
  }

  /** A difference with its sign. */
  static String change(double value, double low, double high) {
    return format("%+.3f [%+.3f, %+.3f]", value, low, high);
  }

  public static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
