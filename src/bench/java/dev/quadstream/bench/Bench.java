package dev.quadstream.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the parts share: the worker processes, the pace, the table. For one thread. */
final class Bench implements AutoCloseable {

  private record Side(Engine engine, int threads) {}

  private final int threads;
  private final boolean quick;
  private final Turns rounds;
  private final PrintStream table;
  private final Map<Side, WorkerProcess> processes = new HashMap<>();

  /**
   * A benchmark before its first part.
   *
   * @param threads of native code, on either side
   * @param quick whether a rough answer is enough
   */
  Bench(int threads, boolean quick, PrintStream table) {
    this.threads = threads;
    this.quick = quick;
    this.rounds =
        quick
            ? new Turns(Duration.ofSeconds(1), Duration.ofSeconds(2), 5)
            : new Turns(Duration.ofSeconds(4), Duration.ofSeconds(30), 20);
    this.table = table;
  }

  int threads() {
    return threads;
  }

  /** Whether a rough answer on the chief settings is enough. */
  boolean quick() {
    return quick;
  }

  Turns rounds() {
    return rounds;
  }

  /** One side; its process starts when it is first asked for. */
  Contestant contestant(Engine engine, int threads, SubjectSpec subject) {
    WorkerProcess process =
        processes.computeIfAbsent(
            new Side(engine, threads), side -> WorkerProcess.start(engine, threads));
    return new Contestant(process, subject);
  }

  /** The times of the same work by each engine, in their order. */
  List<Timing> sideBySide(SubjectSpec subject, int threads, Engine... engines) {
    return timings(
        Arrays.stream(engines).map(engine -> contestant(engine, threads, subject)).toList());
  }

  /** The times of each, in their order; none is kept. */
  List<Timing> timings(List<Contestant> contestants) {
    List<Timing> timings = rounds.measure(contestants).stream().map(Timing::of).toList();
    contestants.forEach(Contestant::release);
    return timings;
  }

  /** Starts a section of the table. */
  void heading(String title, String... columns) {
    StringBuilder line = new StringBuilder("%n%-30s".formatted(title));
    for (String column : columns) {
      line.append("%13s".formatted(column));
    }
    table.println(line);
    table.flush();
  }

  /** Adds a row to the section. */
  void row(String name, double... values) {
    StringBuilder line = new StringBuilder("%-30s".formatted(name));
    for (double value : values) {
      line.append(String.format(Locale.ROOT, value < 1_000 ? "%13.2f" : "%,13.0f", value));
    }
    table.println(line);
    table.flush();
  }

  @Override
  public void close() {
    processes.values().forEach(WorkerProcess::close);
  }
}
