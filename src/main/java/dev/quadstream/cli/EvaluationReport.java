package dev.quadstream.cli;

import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.Interval;
import dev.quadstream.evaluation.RetrievalReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What {@code evaluate} measured.
 *
 * @param protocol what was compared with what, for people
 * @param modelVersion of the model file
 * @param classes of the probes
 * @param skipped images that could not be read
 * @param sharedProbes probes whose bytes are in the gallery too, left out or not
 * @param embeddings by the model
 * @param rawPixels by the images themselves
 * @param reRanked by the model's learned metric, or null where it has none
 * @param learnedDistances mean g within and between classes, or null where g is not learned
 */
record EvaluationReport(
    String protocol,
    long modelVersion,
    long classes,
    long skipped,
    long sharedProbes,
    RetrievalReport embeddings,
    RetrievalReport rawPixels,
    RetrievalReport reRanked,
    ClassDistances learnedDistances) {

  private static final Map<String, Function<RetrievalReport, Interval>> MEASURES =
      new LinkedHashMap<>();

  static {
    MEASURES.put("recallAt1", RetrievalReport::recallAt1);
    MEASURES.put("recallAt5", RetrievalReport::recallAt5);
    MEASURES.put("recallAt10", RetrievalReport::recallAt10);
    MEASURES.put("mAP", RetrievalReport::mAP);
    MEASURES.put("mAPAtR", RetrievalReport::mAPAtR);
    MEASURES.put("nearestNeighbourAccuracy", RetrievalReport::nearestNeighbourAccuracy);
    MEASURES.put("intra", RetrievalReport::intra);
    MEASURES.put("inter", RetrievalReport::inter);
  }

  /** The report as it is written as JSON. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("protocol", protocol);
    json.put("modelVersion", modelVersion);
    json.putAll(measures(embeddings));
    json.put("rawPixels", measures(rawPixels));
    if (reRanked != null) {
      json.put("reRanked", measures(reRanked));
      json.put(
          "learnedMetric",
          Map.of("intra", learnedDistances.intra(), "inter", learnedDistances.inter()));
    }
    json.put("classes", classes);
    json.put("probes", embeddings.probes());
    json.put("excluded", embeddings.excludedProbes());
    json.put("skipped", skipped);
    json.put("sharedProbes", sharedProbes);
    return json;
  }

  private static Map<String, Object> measures(RetrievalReport report) {
    Map<String, Object> measures = new LinkedHashMap<>();
    MEASURES.forEach((name, measure) -> measures.put(name, measure.apply(report)));
    return measures;
  }

  /** The table for people: a line a measure, a column a ranking. */
  void print(PrintWriter out) {
    List<String> titles = new ArrayList<>(List.of("raw pixels", "embeddings"));
    List<RetrievalReport> columns = new ArrayList<>(List.of(rawPixels, embeddings));
    if (reRanked != null) {
      titles.add("re-ranked by g");
      columns.add(reRanked);
    }
    out.println(protocol);
    out.printf(
        Locale.ROOT,
        "model version %d; %,d probes of %,d classes, %,d excluded (no image of their class in the gallery), %,d images skipped%n",
        modelVersion,
        embeddings.probes(),
        classes,
        embeddings.excludedProbes(),
        skipped);
    out.printf("%-25s", "");
    titles.forEach(title -> out.printf("  %-20s", title));
    out.println();
    MEASURES.forEach(
        (name, measure) -> {
          out.printf("%-25s", name);
          columns.forEach(column -> out.printf("  %-20s", text(measure.apply(column))));
          out.println();
        });
    if (learnedDistances != null) {
      out.printf(
          Locale.ROOT,
          "learned metric g: intra %s, inter %s (one pair of each kind for %,d images)%n",
          text(learnedDistances.intra()),
          text(learnedDistances.inter()),
          learnedDistances.anchors());
    }
    out.flush();
  }

  private static String text(Interval interval) {
    return String.format(
        Locale.ROOT, "%.3f [%.3f, %.3f]", interval.value(), interval.low(), interval.high());
  }
}
