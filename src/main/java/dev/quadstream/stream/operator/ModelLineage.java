package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
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
 * @param job this job, by Flink's id
 * @param met the window after the last one that any subtask had met where the job goes on; 0 where
 *     it begins, or the checkpoint does not say: then no model was made by a job with a name
 * @param waiting the first window that waited there, or {@link Long#MAX_VALUE}
 */
record ModelLineage(String job, long met, long waiting) {

  /**
   * What each subtask tells all others by a checkpoint: the window after the last one that it met,
   * and the first of those that wait, or {@link Long#MAX_VALUE}. One alone cannot tell the first
   * that is not assembled: the windows are dealt in turn.
   */
  static final ListStateDescriptor<Tuple2<Long, Long>> PLACES =
      new ListStateDescriptor<>("places", Types.TUPLE(Types.LONG, Types.LONG));

  /** That of a job that goes on from where its subtasks were. */
  static ModelLineage of(String job, Iterable<Tuple2<Long, Long>> places) {
    long met = 0;
    long waiting = Long.MAX_VALUE;
    for (Tuple2<Long, Long> place : places) {
      met = Math.max(met, place.f0);
      waiting = Math.min(waiting, place.f1);
    }
    return new ModelLineage(job, met, waiting);
  }

  /** Whether a model came after the state that this job goes on from. */
  boolean isGivenUp(ModelManifest manifest) {
    return manifest.isOfAnotherThan(job) && manifest.identity().version() > Math.min(met, waiting);
  }
}
