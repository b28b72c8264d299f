package dev.quadstream.training;

import java.util.Map;
import java.util.TreeMap;

/** The figures of a window that go with a model. */
public final class WindowFigures {

  private WindowFigures() {}

  /** Those that a report has, by name; none where it is null. */
  public static Map<String, Double> of(WindowReport report) {
    Map<String, Double> figures = new TreeMap<>();
    if (report != null) {
      put(figures, "loss", report.loss().total());
      put(figures, "miningVersion", (double) report.mining().version());
      put(figures, "meanPositive", report.margins().meanPositive());
      put(figures, "meanNegative", report.margins().meanNegative());
      put(figures, "prequentialRecallAt1", report.prequential().recallAt1());
    }
    return figures;
  }

  private static void put(Map<String, Double> figures, String name, Double value) {
    if (value != null) {
      figures.put(name, value);
    }
  }
}
