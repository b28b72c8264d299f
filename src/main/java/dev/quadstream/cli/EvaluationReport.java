package dev.quadstream.cli;

import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.CumulativeMatch;
import dev.quadstream.evaluation.DistanceHistogram;
import dev.quadstream.evaluation.Interval;
import dev.quadstream.evaluation.OpenSetIdentification;
import dev.quadstream.evaluation.PairCalibration;
import dev.quadstream.evaluation.RetrievalReport;
import java.io.PrintWriter;
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
 * @param counts of what it was measured with
 * @param rankings the figures of each ranking by its name in {@link Evaluation}
 * @param learnedDistances mean g within and between classes, or null where g is not learned
 * @param cumulativeMatch of the single-shot protocol, or null where nobody asked for it
 * @param openSet of new classes among known ones, or null where nobody asked for it
 * @param pairCalibration whether g is a probability, or null where nobody asked for it or g is not
 *     learned
 * @param histograms how g is spread, by the classes that it is of; none where nobody asked for it
 */
record EvaluationReport(
    String protocol,
    long modelVersion,
    Counts counts,
    Map<String, RetrievalReport> rankings,
    ClassDistances learnedDistances,
    CumulativeMatch cumulativeMatch,
    OpenSetIdentification openSet,
    PairCalibration pairCalibration,
    Map<String, DistanceHistogram> histograms) {

  /**
   * How much it was measured with.
   *
   * @param classes of the probes
   * @param skipped images that could not be read
   * @param sharedProbes probes whose bytes are in the gallery too, left out or not
   */
  record Counts(long classes, long skipped, long sharedProbes) {}

  private static final List<Integer> PRINTED_RANKS = List.of(1, 5, 10, 20);

  private static final Map<String, String> TITLES =
      Map.of(
          Evaluation.RAW_PIXELS,
          "raw pixels",
          Evaluation.EMBEDDINGS,
          "embeddings",
          Evaluation.RE_RANKED,
          "re-ranked by g",
          Evaluation.RE_RANKED_EARLY,
          "re-ranked early",
          Evaluation.K_RECIPROCAL,
          "k-reciprocal");

  private static final Map<String, Function<RetrievalReport, Interval>> MEASURES =
      new LinkedHashMap<>();

  static {
    MEASURES.put("recallAt1", RetrievalReport::recallAt1);
    MEASURES.put("recallAt5", RetrievalReport::recallAt5);
    MEASURES.put("recallAt10", RetrievalReport::recallAt10);
    MEASURES.put("mAP", RetrievalReport::mAP);
    MEASURES.put("mAPAtR", RetrievalReport::mAPAtR);
    MEASURES.put("mINP", RetrievalReport::mINP);
    MEASURES.put("nearestNeighbourAccuracy", RetrievalReport::nearestNeighbourAccuracy);
    MEASURES.put("intra", report -> report.distances().intra());
    MEASURES.put("inter", report -> report.distances().inter());
  }

  /** The report as it is written as JSON: the embeddings' figures first, the others by name. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("protocol", protocol);
    json.put("modelVersion", modelVersion);
    json.putAll(measures(embeddings()));
    rankings.forEach(
        (name, report) -> {
          if (!name.equals(Evaluation.EMBEDDINGS)) {
            json.put(name, measures(report));
          }
        });
    if (learnedDistances != null) {
      json.put(
          "learnedMetric",
          Map.of("intra", learnedDistances.intra(), "inter", learnedDistances.inter()));
    }
    if (cumulativeMatch != null) {
      json.put("cumulativeMatch", cumulativeMatch);
    }
    if (openSet != null) {
      json.put("openSet", openSet);
    }
    if (pairCalibration != null) {
      json.put("sameOrNot", pairCalibration);
    }
    if (!histograms.isEmpty()) {
      json.put("histograms", histograms);
    }
    json.put("classes", counts.classes());
    json.put("probes", embeddings().probes());
    json.put("excluded", embeddings().excludedProbes());
    json.put("skipped", counts.skipped());
    json.put("sharedProbes", counts.sharedProbes());
    return json;
  }

  private RetrievalReport embeddings() {
    return rankings.get(Evaluation.EMBEDDINGS);
  }

  private static Map<String, Object> measures(RetrievalReport report) {
    Map<String, Object> measures = new LinkedHashMap<>();
    MEASURES.forEach((name, measure) -> measures.put(name, measure.apply(report)));
    return measures;
  }

  /** The table for people: a line a measure, a column a ranking. */
  void print(PrintWriter out) {
    out.println(Headers.printableLines(protocol));
    out.printf(
        Locale.ROOT,
        "model version %d; %,d probes of %,d classes, %,d excluded (no image of their class in the gallery), %,d images skipped%n",
        modelVersion,
        embeddings().probes(),
        counts.classes(),
        embeddings().excludedProbes(),
        counts.skipped());
    out.printf("%-25s", "");
    rankings.keySet().forEach(name -> out.printf("  %-20s", TITLES.get(name)));
    out.println();
    MEASURES.forEach(
        (name, measure) -> {
          out.printf("%-25s", name);
          rankings.values().forEach(report -> out.printf("  %-20s", text(measure.apply(report))));
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
    if (cumulativeMatch != null) {
      out.printf(
          Locale.ROOT,
          "single shot, %,d classes, mean of %d galleries:",
          cumulativeMatch.classes(),
          cumulativeMatch.trials());
      printedRanks().forEach(k -> out.printf(Locale.ROOT, "  CMC@%d %.3f", k, rateAt(k)));
      out.println();
    }
    if (openSet != null) {
      printOpenSet(out);
    }
    if (pairCalibration != null) {
      out.printf(
          Locale.ROOT,
          "same or not: 1 - g as a probability is off by %.3f (expected calibration error, %,d pairs, half of one class)%n",
          pairCalibration.expectedCalibrationError(),
          pairCalibration.pairs());
    }
    histograms.forEach((name, histogram) -> printHistogram(name, histogram, out));
  }

  private static void printHistogram(String name, DistanceHistogram histogram, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "g over %,d pairs of either kind, %s classes; %.3f of both in common%n  from   one class%19stwo classes%n",
        histogram.pairs(),
        name,
        histogram.overlap(),
        "");
    for (int bin = 0; bin < DistanceHistogram.BINS; bin++) {
      out.printf(
          Locale.ROOT,
          "  %.2f  %6.3f %-20s %6.3f %s%n",
          DistanceHistogram.from(bin),
          histogram.intraShare(bin),
          bar(histogram.intraShare(bin)),
          histogram.interShare(bin),
          bar(histogram.interShare(bin)));
    }
  }

  private static String bar(double share) {
    return "#".repeat((int) Math.round(share * 20));
  }

  private void printOpenSet(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "open set, %,d classes enrolled and as many not, mean of %d drawings:%n",
        openSet.enrolledClasses(),
        openSet.trials());
    for (OpenSetIdentification.AtRate at : openSet.rates()) {
      out.printf(
          Locale.ROOT,
          "  FAR %.3f: TAR %.3f, DIR %.3f; %s%n",
          at.falseAcceptRate(),
          at.trueAcceptRate(),
          at.identificationRate(),
          at.calibrated() == 0
              ? String.format(
                  Locale.ROOT,
                  "too few enrolled classes for a threshold: worth %.1f independent trials, where it takes %,d, as %.3f to the power of %,d is above 0.05",
                  at.independentTrials(),
                  at.neededTrials(),
                  1 - at.falseAcceptRate(),
                  at.neededTrials() - 1)
              : String.format(
                  Locale.ROOT,
                  "a threshold from the enrolled images accepted %.4f, no more than the rate in %d of %d, nor beyond its interval in %d, and rejected %.3f of the enrolled classes",
                  at.realised(),
                  at.kept(),
                  at.calibrated(),
                  at.withinInterval(),
                  at.rejected()));
    }
  }

  /**
   * A line a figure: {@code measure,ranking,value,low,high}, the last two empty without interval.
   */
  void printCsv(PrintWriter out) {
    out.println("measure,ranking,value,low,high");
    MEASURES.forEach(
        (name, measure) ->
            rankings.forEach(
                (ranking, report) -> {
                  Interval interval = measure.apply(report);
                  if (interval != null) {
                    out.printf(
                        Locale.ROOT,
                        "%s,%s,%s,%s,%s%n",
                        name,
                        ranking,
                        interval.value(),
                        interval.low(),
                        interval.high());
                  }
                }));
    if (cumulativeMatch != null) {
      printedRanks()
          .forEach(
              k ->
                  out.printf(
                      Locale.ROOT, "CMCAt%d,%s,%s,,%n", k, Evaluation.EMBEDDINGS, rateAt(k)));
    }
    if (openSet != null) {
      for (OpenSetIdentification.AtRate at : openSet.rates()) {
        out.printf(
            Locale.ROOT,
            "TARAtFAR%s,%s,%s,,%nDIRAtFAR%s,%s,%s,,%n",
            at.falseAcceptRate(),
            Evaluation.EMBEDDINGS,
            at.trueAcceptRate(),
            at.falseAcceptRate(),
            Evaluation.EMBEDDINGS,
            at.identificationRate());
      }
    }
    if (pairCalibration != null) {
      out.printf(
          Locale.ROOT,
          "expectedCalibrationError,learnedMetric,%s,,%n",
          pairCalibration.expectedCalibrationError());
    }
    histograms.forEach(
        (name, histogram) -> {
          for (int bin = 0; bin < DistanceHistogram.BINS; bin++) {
            out.printf(
                Locale.ROOT,
                "intraShareFrom%.2f,%s,%s,,%ninterShareFrom%.2f,%s,%s,,%n",
                DistanceHistogram.from(bin),
                name,
                histogram.intraShare(bin),
                DistanceHistogram.from(bin),
                name,
                histogram.interShare(bin));
          }
        });
  }

  private List<Integer> printedRanks() {
    return PRINTED_RANKS.stream().filter(k -> k <= cumulativeMatch.rates().size()).toList();
  }

  private double rateAt(int rank) {
    return cumulativeMatch.rateAt(rank);
  }

  private static String text(Interval interval) {
    return interval == null
        ? "-"
        : String.format(
            Locale.ROOT, "%.3f [%.3f, %.3f]", interval.value(), interval.low(), interval.high());
  }
}
