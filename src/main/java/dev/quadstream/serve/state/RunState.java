package dev.quadstream.serve.state;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.serve.state.ShardState.Pulse;
import dev.quadstream.training.WindowReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the page knows of the run, in bounded memory: each shard, and what they have in common.
 * Thread-safe.
 */
public final class RunState {

  /** Each may take some 8 MB, most of it the map under its models. */
  static final int MOST_SHARDS = 8;

  private static final int SPEED_WINDOWS = 50;

  private final String network;
  private final NavigableMap<Integer, ShardState> shards = new TreeMap<>();
  private final DeadLetters deadLetters = new DeadLetters();
  private final RunHealth health = new RunHealth();
  private final Deque<long[]> arrivals = new ArrayDeque<>();
  private String run;
  private long newestAt = Long.MIN_VALUE;

  public RunState(String network) {
    this.network = network;
  }

  /** What keeps the page from seeing the run; for those who find out. */
  public RunHealth health() {
    return health;
  }

  /** Takes a report up. */
  public synchronized void add(WindowReport report, long writtenAt) {
    ShardState shard = known(report.identity().shard());
    if (shard == null) {
      return;
    }
    if (!shard.add(report, writtenAt)) {
      return;
    }
    if (writtenAt >= newestAt) {
      newestAt = writtenAt;
      follow(report.identity().run());
    }
    if (!isCurrent(report)) {
      return;
    }
    arrivals.addLast(new long[] {writtenAt, report.images().arrived()});
    if (arrivals.size() > SPEED_WINDOWS) {
      arrivals.removeFirst();
    }
  }

  /** The run that wrote last; reports are not read in the order in which they were written. */
  private void follow(String writer) {
    if (!Objects.equals(run, writer)) {
      run = writer;
      arrivals.clear();
    }
  }

  private boolean isCurrent(WindowReport report) {
    return Objects.equals(report.identity().run(), run);
  }

  /** Takes a dead letter up. */
  public synchronized void addDeadLetter(ConsumerRecord<byte[], byte[]> letter) {
    deadLetters.add(letter);
  }

  /** Takes a published model up. */
  public synchronized void add(ModelManifest manifest) {
    ShardState shard = known(manifest.identity().shard());
    if (shard != null) {
      shard.add(manifest);
    }
  }

  /** The shard, made known if it was not; null beyond the bound. */
  private ShardState known(int number) {
    ShardState shard = shards.get(number);
    if (shard == null && shards.size() < MOST_SHARDS) {
      shard = new ShardState(number);
      shards.put(number, shard);
    }
    return shard;
  }

  /** The shard of a number, if it has been heard of. */
  public synchronized Optional<ShardState> shard(long number) {
    return shards.values().stream().filter(shard -> shard.number() == number).findFirst();
  }

  /**
   * The shards of the current run, by number: not those of an earlier one that had more of them.
   */
  public synchronized List<ShardState> shards() {
    return shards.values().stream().filter(shard -> isCurrent(shard.pulse())).toList();
  }

  private boolean isCurrent(Pulse pulse) {
    return pulse.last() == null || isCurrent(pulse.last());
  }

  /** The shard that was asked for if it is there, or the first one, or none yet. */
  public synchronized Optional<ShardState> shown(Long asked) {
    List<ShardState> current = shards();
    return current.stream()
        .filter(shard -> asked != null && shard.number() == asked)
        .findFirst()
        .or(() -> current.stream().findFirst());
  }

  /** The first line of the page at this time, for who looks at a shard, or at none yet. */
  public synchronized RunStatus status(long now, Optional<ShardState> shown) {
    List<Pulse> pulses = shards().stream().map(ShardState::pulse).toList();
    Pulse pulse = shown.map(ShardState::pulse).orElse(null);
    WindowReport last = pulse == null ? null : pulse.last();
    RunHealth.Verdict verdict = health.verdict(pulses, now);
    return new RunStatus(
        verdict.state(),
        verdict.reason(),
        network,
        new RunStatus.Position(
            pulse == null ? null : (Integer) pulse.shard(),
            pulses.stream().map(Pulse::shard).toList(),
            last == null ? null : (Long) last.identity().version(),
            last == null ? null : (Long) last.mining().version(),
            last == null ? null : (Long) last.identity().window(),
            pulse == null ? null : pulse.lastReportAt()),
        new RunStatus.Progress(
            pulses.stream().mapToLong(Pulse::images).sum(),
            verdict.isWaiting() ? 0 : imagesPerSecond(),
            health.lag()),
        new RunStatus.Job(health.checkpointAt(), health.flinkPage()),
        deadLetters.counts(),
        last == null ? new WindowReport.Memory(0, 0) : last.memory(),
        last == null ? RunStatus.Health.UNKNOWN : healthOf(pulse));
  }

  private static RunStatus.Health healthOf(Pulse pulse) {
    WindowReport last = pulse.last();
    return new RunStatus.Health(
        last.margins().warmingUp(),
        pulse.collapsedLately(),
        last.health().collapses(),
        last.health().refused());
  }

  private double imagesPerSecond() {
    if (arrivals.size() < 2) {
      return 0;
    }
    // Shards are read one after another, so that the last to come need not be the last written.
    LongSummaryStatistics times =
        arrivals.stream().mapToLong(arrival -> arrival[0]).summaryStatistics();
    long millis = times.getMax() - times.getMin();
    long images = arrivals.stream().skip(1).mapToLong(arrival -> arrival[1]).sum();
    return millis <= 0 ? 0 : images * 1e3 / millis;
  }

  /** A manifest of the current run, which says what all its networks read, or null. */
  public synchronized ModelManifest anyManifest() {
    return shards().stream()
        .map(ShardState::newestManifest)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
