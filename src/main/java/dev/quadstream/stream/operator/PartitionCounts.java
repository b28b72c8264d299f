package dev.quadstream.stream.operator;

import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.SourceRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.metrics.MetricGroup;

/**
 * How many records of each partition the run has read, how many of them the decoders made dead
 * letters, and how many were questions. Each decoder keeps all partitions in its state, of which
 * those that it does not read stand still: whoever reads one after a restore goes on from the
 * largest.
 */
final class PartitionCounts {

  static final ListStateDescriptor<Tuple3<Integer, Long, Long>> STATE =
      new ListStateDescriptor<>("partition-counts", Types.TUPLE(Types.INT, Types.LONG, Types.LONG));

  static final ListStateDescriptor<Tuple2<Integer, Long>> QUESTIONS =
      new ListStateDescriptor<>("question-counts", Types.TUPLE(Types.INT, Types.LONG));

  private final Map<Integer, Count> counts = new TreeMap<>();
  private final Set<Integer> shown = new HashSet<>();
  private MetricGroup metrics;

  /** Read by the threads that report metrics, too. */
  private record Count(AtomicLong read, AtomicLong deadLetters, AtomicLong questions) {}

  /** Shows the partitions that are read from here on. */
  void show(MetricGroup group) {
    metrics = group;
  }

  void restore(Iterable<Tuple3<Integer, Long, Long>> saved) {
    for (Tuple3<Integer, Long, Long> partition : saved) {
      Count count = counts.computeIfAbsent(partition.f0, number -> newCount());
      count.read.accumulateAndGet(partition.f1, Math::max);
      count.deadLetters.accumulateAndGet(partition.f2, Math::max);
    }
  }

  void restoreQuestions(Iterable<Tuple2<Integer, Long>> saved) {
    for (Tuple2<Integer, Long> partition : saved) {
      counts
          .computeIfAbsent(partition.f0, number -> newCount())
          .questions
          .accumulateAndGet(partition.f1, Math::max);
    }
  }

  List<Tuple3<Integer, Long, Long>> save() {
    List<Tuple3<Integer, Long, Long>> saved = new ArrayList<>();
    counts.forEach(
        (partition, count) ->
            saved.add(Tuple3.of(partition, count.read.get(), count.deadLetters.get())));
    return saved;
  }

  List<Tuple2<Integer, Long>> saveQuestions() {
    List<Tuple2<Integer, Long>> saved = new ArrayList<>();
    counts.forEach((partition, count) -> saved.add(Tuple2.of(partition, count.questions.get())));
    return saved;
  }

  /** Counts a record that has been read. */
  void read(SourceRecord source) {
    count(source.partition()).read.incrementAndGet();
  }

  /** Counts a record that has become a dead letter. */
  void deadLetter(SourceRecord source) {
    count(source.partition()).deadLetters.incrementAndGet();
  }

  /** Counts records that are gone as read and as dead letters: they will be neither later. */
  void gone(OffsetGap gap) {
    Count count = count(gap.partition());
    count.read.addAndGet(gap.records());
    count.deadLetters.addAndGet(gap.records());
  }

  /** Counts a record that has become a question. */
  void question(SourceRecord source) {
    count(source.partition()).questions.incrementAndGet();
  }

  /** The place of a record that was read last of its partition. */
  RecordPlace placeOf(SourceRecord source) {
    Count count = count(source.partition());
    return new RecordPlace(
        source.partition(),
        source.offset(),
        count.read.get(),
        count.deadLetters.get(),
        count.questions.get());
  }

  private Count count(int partition) {
    Count count = counts.computeIfAbsent(partition, number -> newCount());
    if (shown.add(partition)) {
      MetricGroup group = metrics.addGroup("partition", Integer.toString(partition));
      group.gauge("recordsRead", count.read::get);
      group.gauge("recordsDeadLettered", count.deadLetters::get);
      group.gauge("recordsAsked", count.questions::get);
    }
    return count;
  }

  private static Count newCount() {
    return new Count(new AtomicLong(), new AtomicLong(), new AtomicLong());
  }
}
