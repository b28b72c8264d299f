package dev.quadstream.stream.operator;

import dev.quadstream.training.Contribution;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the merge shows to Flink's metrics. */
final class MergeMetrics {

  private static final double NANOS_PER_MILLI = 1e6;

  private final Counter rounds;
  private final Counter leftOut;
  private final Map<Integer, Long> versions = new HashMap<>();
  private long first;
  private long roundBegan;
  private volatile double roundWaitMillis;
  private volatile long slowestLagWindows;

  MergeMetrics(MetricGroup group) {
    rounds = group.counter("rounds");
    leftOut = group.counter("replicasNotFinite");
    group.gauge("roundWaitMillis", () -> roundWaitMillis);
    group.gauge("slowestLagWindows", () -> slowestLagWindows);
  }

  void brought(Contribution contribution) {
    if (roundBegan == 0) {
      roundBegan = System.nanoTime();
    }
    if (contribution.last().first() != first) {
      first = contribution.last().first();
      versions.clear();
    }
    versions.put(contribution.last().replica(), contribution.version());
    long newest = versions.values().stream().mapToLong(Long::longValue).max().orElse(0);
    long oldest =
        versions.size() < contribution.last().replicas()
            ? 0
            : versions.values().stream().mapToLong(Long::longValue).min().orElse(0);
    slowestLagWindows = newest - oldest;
  }

  /** A replica whose parameters are no finite numbers. */
  void leftOut() {
    leftOut.inc();
  }

  /** From the first replica's part to the last one's. */
  void merged() {
    rounds.inc();
    roundWaitMillis = (System.nanoTime() - roundBegan) / NANOS_PER_MILLI;
    roundBegan = 0;
  }
}
