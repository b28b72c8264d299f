package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * Which models of a run belong to the lineage of a job. Where somebody goes back to an older
 * savepoint, the versions that came after it are still in the registry and on the topic, under the
 * numbers that this job comes to again. They have learned from what was given up, so nothing may go
 * on from them.
 *
 * <p>A version has seen all windows below its number. So one of another job that has seen a window
 * which this job assembles was given up, and this job publishes it anew: whoever waits for it does
 * not wait for ever. What the same job published before a crash stays its own.
 *
 * <p>A checkpoint says of each job before up to which version it counts. The windows that were met
 * there do not: an unaligned one holds batches of theirs that the trainer has yet to see, so that
 * an earlier job's version may still be there in the place of the one that comes of them.
 *
 * @param job this job, by Flink's id
 * @param met the window after the last one that any subtask had met where the job goes on; 0 where
 *     it begins, or the checkpoint does not say: then no model was made by a job with a name
 * @param bounds the last version that counts of each job before, oldest first, and of any other
 */
record ModelLineage(String job, long met, Map<String, Long> bounds) {

  /**
   * What each subtask tells all others by a checkpoint: the window after the last one that it met,
   * and the first of those that wait, or {@link Long#MAX_VALUE}. One alone cannot tell the first
   * that is not assembled: the windows are dealt in turn.
   */
  static final ListStateDescriptor<Tuple2<Long, Long>> PLACES =
      new ListStateDescriptor<>("places", Types.TUPLE(Types.LONG, Types.LONG));

  /** The bounds, and the job itself without one; the same from each subtask. */
  static final ListStateDescriptor<Tuple2<String, Long>> BOUNDS =
      new ListStateDescriptor<>("lineage", Types.TUPLE(Types.STRING, Types.LONG));

  private static final String ANY_OTHER = "";

  /** Of more, nothing that windows may ask for is left. */
  private static final int MOST_JOBS = 16;

  /** That of a job that goes on from where its subtasks were. */
  static ModelLineage of(
      String job, Iterable<Tuple2<Long, Long>> places, Iterable<Tuple2<String, Long>> saved) {
    long met = 0;
    long waiting = Long.MAX_VALUE;
    for (Tuple2<Long, Long> place : places) {
      met = Math.max(met, place.f0);
      waiting = Math.min(waiting, place.f1);
    }
    Map<String, Long> bounds = new LinkedHashMap<>();
    saved.forEach(bound -> bounds.put(bound.f0, bound.f1));
    if (bounds.remove(job) == null) {
      begin(bounds, Math.min(met, waiting));
    }
    return new ModelLineage(job, met, bounds);
  }

  /** Where another job began, from whose checkpoint on nothing that others made counts. */
  private static void begin(Map<String, Long> bounds, long version) {
    bounds.remove(ANY_OTHER);
    if (bounds.size() > MOST_JOBS) {
      bounds.remove(bounds.keySet().iterator().next());
    }
    bounds.replaceAll((job, bound) -> Math.min(bound, version));
    bounds.put(ANY_OTHER, version);
  }

  /** What a checkpoint of this job says. */
  List<Tuple2<String, Long>> saved() {
    return Stream.concat(
            bounds.entrySet().stream().map(bound -> Tuple2.of(bound.getKey(), bound.getValue())),
            Stream.of(Tuple2.of(job, Long.MAX_VALUE)))
        .toList();
  }

  /** Whether a model came after the state that this job goes on from. */
  boolean isGivenUp(ModelManifest manifest) {
    return manifest.isOfAnotherThan(job)
        && manifest.identity().version()
            > bounds.getOrDefault(manifest.job(), bounds.get(ANY_OTHER));
  }
}
