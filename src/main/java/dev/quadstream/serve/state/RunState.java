package dev.quadstream.serve.state;

import dev.quadstream.serve.state.ReplicaProgress.Pulse;
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
 * What the page knows of the run, in bounded memory: each replica, and what they have in common.
 * Thread-safe.
 */
public final class RunState {

  static final int SHOWN_REPLICAS = 8;

  /** As many as a job can have. */
  static final int MAX_REPLICAS = 128;

  private static final int SPEED_WINDOWS = 50;

  private final String network;
  private final NavigableMap<Integer, ReplicaProgress> replicas = new TreeMap<>();
  private final ModelsState models = new ModelsState();
  private final DeadLetters deadLetters = new DeadLetters();
  private final RunLedger ledger = new RunLedger();
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

  /** What is known of the run's models. */
  public ModelsState models() {
    return models;
  }

  /** Takes a report up. */
  public synchronized void add(WindowReport report, long writtenAt) {
    int number = report.identity().replica();
    if (number < 0 || number >= MAX_REPLICAS) {
      return;
    }
    ReplicaProgress replica = replicas.get(number);
    if (replica == null) {
      replica = new ReplicaProgress(number, number < SHOWN_REPLICAS);
    }
    WindowReport before = replica.pulse().last();
    if (!replica.add(report, writtenAt)) {
      return;
    }
    replicas.put(number, replica);
    if (writtenAt >= newestAt) {
      newestAt = writtenAt;
      follow(report.identity().run());
    }
    if (!isCurrent(report)) {
      return;
    }
    if (before != null
        && isCurrent(before)
        && report.identity().window() <= before.identity().window()) {
      ledger.setBack(writtenAt);
    }
    ledger.add(report, writtenAt);
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
      ledger.clear();
    }
  }

  private boolean isCurrent(WindowReport report) {
    return Objects.equals(report.identity().run(), run);
  }

  /** Takes a dead letter up. */
  public synchronized void addDeadLetter(ConsumerRecord<byte[], byte[]> letter) {
    deadLetters.add(letter);
  }

  /**
   * The first replicas of the current run, by number: not those of an earlier one that had more of
   * them.
   */
  public synchronized List<ReplicaProgress> replicas() {
    return List.copyOf(all().headMap(SHOWN_REPLICAS).values());
  }

  /** Each replica of the current run. */
  private NavigableMap<Integer, ReplicaProgress> all() {
    NavigableMap<Integer, ReplicaProgress> current = new TreeMap<>(replicas);
    current.values().removeIf(replica -> !isCurrent(replica.pulse().last()));
    return current;
  }

  /** The replica that was asked for if it is there, or the first one, or none yet. */
  public synchronized Optional<ReplicaProgress> shown(Long asked) {
    List<ReplicaProgress> current = replicas();
    return current.stream()
        .filter(replica -> asked != null && replica.number() == asked)
        .findFirst()
        .or(() -> current.stream().findFirst());
  }

  /** The first line of the page at this time, for who looks at a replica, or at none yet. */
  public synchronized RunStatus status(long now, Optional<ReplicaProgress> shown) {
    List<Pulse> pulses = all().values().stream().map(ReplicaProgress::pulse).toList();
    Pulse pulse = shown.map(ReplicaProgress::pulse).orElse(null);
    WindowReport last = pulse == null ? null : pulse.last();
    RunStatus.Ledger records = ledger.sums();
    RunHealth.Verdict verdict = health.verdict(pulses, records, now);
    return new RunStatus(
        verdict.state(),
        verdict.reason(),
        network,
        new RunStatus.Position(
            pulse == null ? null : (Integer) pulse.replica(),
            pulses.stream().map(Pulse::replica).filter(one -> one < SHOWN_REPLICAS).toList(),
            last == null ? null : (Long) last.identity().version(),
            last == null ? null : (Long) last.mining().version(),
            last == null ? null : (Long) last.identity().window(),
            pulse == null ? null : pulse.lastReportAt()),
        new RunStatus.Progress(
            // Kafka keeps the ledger of the newest report longer than the reports before it.
            Math.max(
                pulses.stream().mapToLong(Pulse::images).sum(),
                records == null ? 0 : records.images()),
            verdict.isWaiting() ? 0 : imagesPerSecond(),
            health.lag()),
        new RunStatus.Job(health.checkpointAt(), health.flinkPage()),
        deadLetters.counts(),
        records,
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
    // Replicas' reports are read one after another, so that the last to come need not be the last
    // written.
    LongSummaryStatistics times =
        arrivals.stream().mapToLong(arrival -> arrival[0]).summaryStatistics();
    long millis = times.getMax() - times.getMin();
    long images = arrivals.stream().skip(1).mapToLong(arrival -> arrival[1]).sum();
    return millis <= 0 ? 0 : images * 1e3 / millis;
  }
}
