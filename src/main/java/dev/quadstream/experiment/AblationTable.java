package dev.quadstream.experiment;

import java.util.Locale;

/** The report for a terminal: the paper's Table 1 and Fig. 5, and the answers. */
public final class AblationTable {

  private AblationTable() {}

  /** The report as text of fixed width, with a line feed at the end. */
  public static String of(AblationReport report) {
    StringBuilder text = new StringBuilder();
    line(text, "%s", AblationText.protocol(report.setting()));
    line(text, "");
    line(
        text,
        "%-30s %-22s %-22s %6s %6s %6s",
        "",
        "recall@1 [95 %]",
        "re-ranked by g",
        "intra",
        "inter",
        "ratio");
    for (AblationReport.Row row : report.rows()) {
      line(
          text,
          "%-30s %-22s %-22s %6.3f %6.3f %6.3f",
          row.name(),
          AblationText.interval(row.recall().mean(), row.recall().low(), row.recall().high()),
          row.recall().reRanked() == null ? "" : AblationText.interval(row.recall().reRanked()),
          row.distances().intra(),
          row.distances().inter(),
          row.distances().intraToInter());
    }
    report
        .diverged()
        .forEach((row, why) -> line(text, "%-30s %s", row, AblationText.diverged(why)));
    line(text, "");
    for (AblationReport.Difference answer : report.differences()) {
      line(text, "%s %s", answer.question(), AblationText.verdict(answer));
    }
    if (!report.remembered().isEmpty()) {
      line(text, "");
      line(text, "%-30s %-38s %8s %s", "", "classes of the stream", "a seed", "recall@1 [95 %]");
    }
    for (AblationReport.Remembered group : report.remembered()) {
      line(
          text,
          "%-30s %-38s %8.1f %s",
          group.row(),
          AblationText.classes(group),
          group.classes(),
          AblationText.interval(group.recallAt1()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }
}
