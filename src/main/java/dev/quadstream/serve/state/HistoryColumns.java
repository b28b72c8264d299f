package dev.quadstream.serve.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** History as the charts take it: one array a series. */
final class HistoryColumns {

  private static final Map<String, ToDoubleFunction<HistoryPoint>> SERIES = new LinkedHashMap<>();

  static {
    SERIES.put("images", HistoryPoint::images);
    SERIES.put("modelVersion", HistoryPoint::modelVersion);
    SERIES.put("timeMillis", HistoryPoint::timeMillis);
    SERIES.put("lossFirst", point -> point.lossFirst().value());
    SERIES.put("lossSecond", point -> point.lossSecond().value());
    SERIES.put("alpha1", point -> point.alpha1().value());
    SERIES.put("alpha2", point -> point.alpha2().value());
    SERIES.put("meanPositive", point -> point.meanPositive().value());
    SERIES.put("meanNegative", point -> point.meanNegative().value());
    SERIES.put("activeFirst", point -> point.activeFirst().value());
    SERIES.put("activeSecond", point -> point.activeSecond().value());
    SERIES.put("tested", HistoryPoint::tested);
    SERIES.put("correct", HistoryPoint::correct);
    SERIES.put("newClasses", HistoryPoint::newClasses);
  }

  private HistoryColumns() {}

  static Map<String, double[]> of(List<HistoryPoint> points) {
    Map<String, double[]> columns = new LinkedHashMap<>();
    SERIES.forEach(
        (name, series) -> columns.put(name, points.stream().mapToDouble(series).toArray()));
    return columns;
  }
}
