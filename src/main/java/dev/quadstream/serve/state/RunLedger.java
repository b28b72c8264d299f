package dev.quadstream.serve.state;

import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowReport;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What has become of the records of the current run, by partition. Not thread-safe. */
final class RunLedger {

  private record Entry(PartitionLedger ledger, long writtenAt) {}

  private final Map<Integer, Entry> partitions = new TreeMap<>();
  private long setBackAt = Long.MIN_VALUE;

  /** Has what was written before this time hold only until a partition is reported anew. */
  void setBack(long writtenAt) {
    setBackAt = Math.max(setBackAt, writtenAt);
  }

  /** Takes what a report says; reports are not read in the order in which they were written. */
  void add(WindowReport report, long writtenAt) {
    if (report.details().ledger() == null) {
      // Of a version that had none.
      return;
    }
    for (PartitionLedger entry : report.details().ledger()) {
      partitions.merge(
          entry.partition(),
          new Entry(entry, writtenAt),
          (known, said) -> isNewer(known, said) ? known : said);
    }
  }

  private boolean isNewer(Entry one, Entry other) {
    boolean isValid = one.writtenAt >= setBackAt;
    return isValid == (other.writtenAt >= setBackAt)
        ? one.ledger.images() > other.ledger.images()
        : isValid;
  }

  void clear() {
    partitions.clear();
    setBackAt = Long.MIN_VALUE;
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
    return partitions.values().stream().map(Entry::ledger).mapToLong(figure).sum();
  }
}
