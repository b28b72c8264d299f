package dev.quadstream.cli.demo;

import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import dev.quadstream.json.PrintableText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files of a dataset that a demo does not use, each with its reason. Not thread-safe. */
public final class UnusedFiles {

  /**
   * A file that is not used.
   *
   * @param name below the dataset's root
   * @param reason in a few words, the same for all files of that kind
   * @param detail what was seen in this one; may be empty
   */
  record Unused(String name, String reason, String detail) {}

  private final String prefix;
  private final List<Unused> files = new ArrayList<>();

  /**
   * Those that a look at the dataset found.
   *
   * @param idPrefix what the dataset's ids start with
   */
  public UnusedFiles(DatasetSurvey survey, String idPrefix) {
    this.prefix = idPrefix + "/";
    for (PassedOver kind :
        Stream.concat(survey.passedOver().stream(), survey.leftOut().stream()).toList()) {
      kind.names().forEach(name -> add(name, kind.reason(), ""));
    }
  }

  /** Adds one, by its id or its name. */
  void add(String id, String reason, String detail) {
    String name = id.startsWith(prefix) ? id.substring(prefix.length()) : id;
    files.add(new Unused(name, reason, detail));
  }

  public int size() {
    return files.size();
  }

  /** How many there are for each reason, most first. */
  public Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    files.forEach(file -> counts.merge(file.reason(), 1, Integer::sum));
    Map<String, Integer> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /** A table for a spreadsheet: a line each, the columns file, reason and detail, tabs between. */
  public String table() {
    StringBuilder table = new StringBuilder("file\treason\tdetail\n");
    files.stream()
        .sorted((left, right) -> left.name().compareTo(right.name()))
        .forEach(
            file ->
                table
                    .append(cell(file.name()))
                    .append('\t')
                    .append(cell(file.reason()))
                    .append('\t')
                    .append(cell(file.detail()))
                    .append('\n'));
    return table.toString();
  }

  /** A name may hold a tab or a line break, on some systems. */
  private static String cell(String text) {
    return PrintableText.of(text);
  }
}
