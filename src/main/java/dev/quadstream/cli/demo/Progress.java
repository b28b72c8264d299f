package dev.quadstream.cli.demo;

import dev.quadstream.training.WindowReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** What the reports add up to. For one thread, but for {@link #images()}. */
final class Progress {

  /** Windows over which the shown recall and speed are taken. */
  private static final int RECENT_WINDOWS = 50;

  private final Deque<WindowReport> recent = new ArrayDeque<>();
  private final Deque<Long> arrivals = new ArrayDeque<>();
  private final TrainingHistory history = new TrainingHistory();
  private final Map<Integer, Long> imagesOfPartition = new HashMap<>();
  private final Map<Integer, Long> nextOfReplica = new HashMap<>();
  private volatile long images;
  private long windows;
  private long firstArrival;

  void add(WindowReport report, long nanoTime) {
    // A repeat after a restart is not another window. Each replica's reports come in order, and no
    // replica waits for another.
    long window = report.identity().window();
    if (window < nextOfReplica.getOrDefault(report.identity().replica(), 0L)) {
      return;
    }
    nextOfReplica.put(report.identity().replica(), window + 1);
    if (windows == 0) {
      firstArrival = nanoTime;
    }
    // By records: an image that comes twice within a window is one of its images only once.
    report
        .details()
        .ledger()
        .forEach(entry -> imagesOfPartition.merge(entry.partition(), entry.images(), Math::max));
    images = imagesOfPartition.values().stream().mapToLong(Long::longValue).sum();
    windows = Math.max(windows, window + 1);
    history.add(report);
    recent.addLast(report);
    arrivals.addLast(nanoTime);
    if (recent.size() > RECENT_WINDOWS) {
      recent.removeFirst();
      arrivals.removeFirst();
    }
  }

  long images() {
    return images;
  }

  long windows() {
    return windows;
  }

  /** {@link System#nanoTime} of the first report, once there is one. */
  long firstArrival() {
    return firstArrival;
  }

  /** The last report, or null before the first. */
  WindowReport last() {
    return history.last();
  }

  TrainingHistory history() {
    return history;
  }

  /** Prequential recall@1 over the recent windows, or NaN where nothing was tested. */
  double recentRecallAt1() {
    int tested = recent.stream().mapToInt(report -> report.prequential().tested()).sum();
    int correct = recent.stream().mapToInt(report -> report.prequential().correct()).sum();
    return tested == 0 ? Double.NaN : (double) correct / tested;
  }

  /** Images a second over the recent windows, or 0 before the second window. */
  double recentImagesPerSecond() {
    if (recent.size() < 2) {
      return 0;
    }
    long sinceFirst = recent.stream().skip(1).mapToLong(report -> report.images().arrived()).sum();
    return sinceFirst / ((arrivals.getLast() - arrivals.getFirst()) / 1e9);
  }
}
