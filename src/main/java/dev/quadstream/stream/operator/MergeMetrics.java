package dev.quadstream.stream.operator;

import dev.quadstream.training.Contribution;
import dev.quadstream.training.ReleasePolicy;
import dev.quadstream.training.ReleaseState;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the merge shows to Flink's metrics, whose threads read it. */
final class MergeMetrics {

  private static final double NANOS_PER_MILLI = 1e6;
  private static final long NONE = Long.MIN_VALUE;

  private final MetricGroup group;
  private final Counter rounds;
  private final Counter leftOut;

  /** Windows of each replica up to what it brought last. */
  private final Map<Integer, Long> versions = new ConcurrentHashMap<>();

  private final Counter releases;
  private final Counter quarantines;
  private final Counter commands;
  private final Counter commandsRefused;
  private volatile ReleaseState state;
  private volatile long newest;
  private volatile long first;
  private volatile long roundBegan = NONE;
  private volatile double roundWaitMillis;
  private volatile long openRoundBytes;

  MergeMetrics(MetricGroup group, ReleasePolicy policy) {
    this.group = group;
    rounds = group.counter("rounds");
    leftOut = group.counter("replicasNotFinite");
    releases = group.counter("releases");
    quarantines = group.counter("quarantines");
    commands = group.counter("releaseCommands");
    commandsRefused = group.counter("releaseCommandsRefused");
    group.gauge("liveVersion", () -> state == null ? 0 : state.live());
    group.gauge("windowsSinceLive", () -> state == null ? 0 : newest - state.live());
    group.gauge("releaseHeld", () -> isHeld(policy) ? 1 : 0);
    group.gauge("candidateHarm", () -> state == null ? 0.0 : state.harm().value());
    group.gauge(
        "candidateTested",
        () -> state == null || state.trial() == null ? 0L : state.trial().all().tested());
    group.gauge(
        "candidateDifference",
        () -> state == null || state.trial() == null ? 0.0 : state.trial().all().difference());
    group.gauge("roundWaitMillis", () -> roundWaitMillis);
    group.gauge("openRoundMillis", () -> roundBegan == NONE ? 0 : millisSince(roundBegan));
    group.gauge("openRoundBytes", () -> openRoundBytes);
    group.gauge(
        "slowestLagWindows",
        () -> versions.keySet().stream().mapToLong(this::lagWindows).max().orElse(0));
  }

  /** Whether only a command moves what is live. */
  private boolean isHeld(ReleasePolicy policy) {
    return policy == ReleasePolicy.MANUAL || (state != null && state.held());
  }

  /** What a checkpoint held of rounds. */
  void restored(Rounds saved) {
    saved.open().forEach(this::contributed);
    open(saved);
  }

  /**
   * What was live in a checkpoint.
   *
   * @param saved as of the newest version, or null
   * @param version the newest
   */
  void restored(ReleaseState saved, long version) {
    newest = version;
    state = saved;
  }

  /**
   * What is live as of a version.
   *
   * @param before as of the version before, or null
   */
  void decided(ReleaseState before, ReleaseState now, long version) {
    if (now.hasQuarantinedSince(before)) {
      quarantines.inc();
    }
    newest = version;
    isLive(before, now);
  }

  private void isLive(ReleaseState before, ReleaseState now) {
    if (before == null || before.live() != now.live()) {
      releases.inc();
    }
    state = now;
  }

  /** What is live by command. */
  void commanded(ReleaseState before, ReleaseState now) {
    commands.inc();
    isLive(before, now);
  }

  void commandRefused() {
    commandsRefused.inc();
  }

  void contributed(Contribution contribution) {
    if (roundBegan == NONE) {
      roundBegan = System.nanoTime();
    }
    if (contribution.last().first() != first) {
      first = contribution.last().first();
      versions.replaceAll((replica, version) -> NONE);
    }
    int replica = contribution.last().replica();
    if (versions.put(replica, contribution.version()) == null) {
      group
          .addGroup("replica", Integer.toString(replica))
          .gauge("lagWindows", () -> lagWindows(replica));
    }
  }

  /** How far a replica is behind the one that is furthest; 0 for one that there is no more. */
  private long lagWindows(int replica) {
    long version = versions.get(replica);
    long furthest = versions.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return version == NONE ? 0 : furthest - version;
  }

  /** A replica whose parameters are no finite numbers. */
  void notFinite() {
    leftOut.inc();
  }

  /**
   * The time from the first replica's part to the last one's.
   *
   * @param left what has been brought of later rounds
   */
  void merged(Rounds left) {
    rounds.inc();
    roundWaitMillis = millisSince(roundBegan);
    roundBegan = left.open().isEmpty() ? NONE : System.nanoTime();
  }

  /** What has been brought and is not merged. */
  void open(Rounds rounds) {
    openRoundBytes = rounds.stored().stream().mapToLong(StoredParameters::bytes).sum();
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
  }
}
