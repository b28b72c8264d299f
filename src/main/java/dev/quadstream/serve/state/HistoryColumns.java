package dev.quadstream.serve.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** History as the charts take it: one array a series. */
final class HistoryColumns {

  private static final Map<String, ToDoubleFunction<HistoryPoint>> SERIES = new LinkedHashMap<>();

  static {
    SERIES.put("images", point -> point.end().images());
    SERIES.put("modelVersion", point -> point.end().modelVersion());
    SERIES.put("timeMillis", point -> point.end().timeMillis());
    SERIES.put("lossFirst", point -> point.loss().first().value());
    SERIES.put("lossSecond", point -> point.loss().second().value());
    SERIES.put("alpha1", point -> point.margins().first().value());
    SERIES.put("alpha2", point -> point.margins().second().value());
    SERIES.put("meanPositive", point -> point.distances().first().value());
    SERIES.put("meanNegative", point -> point.distances().second().value());
    SERIES.put("activeFirst", point -> point.active().first().value());
    SERIES.put("activeSecond", point -> point.active().second().value());
    SERIES.put("tested", point -> point.tested().images());
    SERIES.put("correct", point -> point.tested().correct());
    SERIES.put("newClasses", point -> point.tested().newClasses());
  }

  private HistoryColumns() {}

  static Map<String, double[]> of(List<HistoryPoint> points) {
    Map<String, double[]> columns = new LinkedHashMap<>();
    SERIES.forEach(
        (name, series) -> columns.put(name, points.stream().mapToDouble(series).toArray()));
    return columns;
  }
}
