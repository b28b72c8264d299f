package dev.quadstream.cli;

import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A dataset's survey as lines for people. */
final class SurveyText {

  private static final int NAMED_CLASSES = 20;

  private SurveyText() {}

  /** Prints what is there, what is passed over, and what to know of it. */
  static void print(DatasetSurvey survey, PrintWriter err) {
    int fewest = Collections.min(survey.classSizes().values());
    int most = Collections.max(survey.classSizes().values());
    err.printf(
        Locale.ROOT,
        "%s: %,d images of %,d classes, %s in each (%s)%n",
        Headers.printable(survey.name()),
        survey.images(),
        survey.classSizes().size(),
        fewest == most ? format(most) : format(fewest) + " to " + format(most),
        survey.layout());
    for (PassedOver files : survey.passedOver()) {
      err.printf(
          Locale.ROOT,
          "  passed over: %,d %s: %s, such as %s%n",
          files.files(),
          files.files() == 1 ? "file" : "files",
          files.reason(),
          Headers.printable(files.example()));
    }
    if (!survey.lostClasses().isEmpty()) {
      err.println("  classes of which no file can be used: " + names(survey.lostClasses()));
    }
    survey.warnings().forEach(warning -> err.println("  " + Headers.printable(warning)));
  }

  private static String names(List<String> classes) {
    String named =
        String.join(", ", classes.stream().limit(NAMED_CLASSES).map(Headers::printable).toList());
    int more = classes.size() - NAMED_CLASSES;
    return more > 0 ? String.format(Locale.ROOT, "%s and %,d more", named, more) : named;
  }

  private static String format(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
