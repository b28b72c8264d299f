package dev.quadstream.serve.state;

import dev.quadstream.training.WindowReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One replica's whole run in a bounded number of points: when they are full, every two become one,
 * so that the resolution halves and nothing falls off the left edge.
 *
 * <p>Not thread-safe.
 */
final class ReportHistory {

  private final int maxPoints;
  private final List<HistoryPoint> points = new ArrayList<>();
  private int windowsAPoint = 1;
  private int windowsInLastPoint;
  private long images;
  private long windows;
  private String run;
  private long nextWindow;
  private int epoch;
  private int runs;

  /**
   * An empty history.
   *
   * @param maxPoints at most so many points, at least 2 and even
   */
  ReportHistory(int maxPoints) {
    if (maxPoints < 2 || maxPoints % 2 != 0) {
      throw new IllegalArgumentException(
          "A history has an even number of points, 2 or more, not " + maxPoints + ".");
    }
    this.maxPoints = maxPoints;
  }

  /**
   * Adds one report. A repeat, as after a restart of the job, changes nothing; a report of another
   * run than the one before starts a new history.
   *
   * @return whether it was news
   */
  boolean add(WindowReport report, long timeMillis) {
    WindowReport.Identity identity = report.identity();
    if (windows > 0 && !Objects.equals(identity.run(), run)) {
      clear();
    } else if (identity.window() < nextWindow) {
      return false;
    }
    run = identity.run();
    nextWindow = identity.window() + 1;
    images += report.images().arrived();
    windows++;
    append(HistoryPoint.of(report, images, timeMillis));
    return true;
  }

  private void append(HistoryPoint point) {
    if (!points.isEmpty() && windowsInLastPoint < windowsAPoint) {
      int last = points.size() - 1;
      points.set(last, points.get(last).merge(point));
      windowsInLastPoint++;
      return;
    }
    if (points.size() == maxPoints) {
      halve();
    }
    points.add(point);
    windowsInLastPoint = 1;
  }

  private void halve() {
    for (int i = 0; i < maxPoints / 2; i++) {
      points.set(i, points.get(2 * i).merge(points.get(2 * i + 1)));
    }
    points.subList(maxPoints / 2, maxPoints).clear();
    windowsAPoint *= 2;
    epoch++;
  }

  private void clear() {
    points.clear();
    windowsAPoint = 1;
    windowsInLastPoint = 0;
    images = 0;
    windows = 0;
    epoch++;
    runs++;
  }

  /** Images of the run. */
  long images() {
    return images;
  }

  int windowsAPoint() {
    return windowsAPoint;
  }

  /** Raised whenever points that were there before changed, other than the last one. */
  int epoch() {
    return epoch;
  }

  /** How many runs ended with another one's beginning. */
  int runs() {
    return runs;
  }

  int size() {
    return points.size();
  }

  /** The points from the given one on, as parallel columns by name; NaN where there is no value. */
  Map<String, double[]> columns(int from) {
    List<HistoryPoint> tail = points.subList(Math.min(from, points.size()), points.size());
    return HistoryColumns.of(tail);
  }
}
