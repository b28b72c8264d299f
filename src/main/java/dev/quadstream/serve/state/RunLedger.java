package dev.quadstream.serve.state;

import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowReport;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What has become of the records of the current run, by partition. Not thread-safe. */
final class RunLedger {

  private final Map<Integer, PartitionLedger> partitions = new TreeMap<>();

  /** Takes what a report says; reports are not read in the order in which they were written. */
  void add(WindowReport report) {
    if (report.details().ledger() == null) {
      // Of a version that had none.
      return;
    }
    for (PartitionLedger entry : report.details().ledger()) {
      partitions.merge(
          entry.partition(),
          entry,
          (known, said) -> said.images() >= known.images() ? said : known);
    }
  }

  void clear() {
    partitions.clear();
  }

  /** The sums over the partitions; null before the first report that says any. */
  RunStatus.Ledger sums() {
    return partitions.isEmpty()
        ? null
        : new RunStatus.Ledger(
            sum(PartitionLedger::read),
            sum(PartitionLedger::images),
            sum(PartitionLedger::removals),
            sum(PartitionLedger::questions),
            sum(entry -> entry.deadLetters() + entry.late()),
            sum(PartitionLedger::waiting),
            // Not the sum of what is missing: one lost and one doubled are two faults.
            sum(entry -> Math.abs(entry.unaccounted())));
  }

  private long sum(ToLongFunction<PartitionLedger> figure) {
    return partitions.values().stream().mapToLong(figure).sum();
  }
}
