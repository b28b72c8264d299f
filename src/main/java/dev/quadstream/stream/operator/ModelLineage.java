package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;

/**
 * Which models of a run belong to the lineage of a job. Where somebody goes back to an older
 * savepoint, the versions that came after it are still in the registry and on the topic, under the
 * numbers that this job comes to again. They have learned from what was given up, so nothing may go
 * on from them.
 *
 * <p>A version has seen all windows below its number. So one of another job that has seen a window
 * which this job assembles was given up, and this job publishes it anew: whoever waits for it does
 * not wait for ever. What the same job published before a crash stays its own.
 */
final class ModelLineage {

  private final String job;
  private long first = Long.MAX_VALUE;

  /** That of a job, by Flink's id, that has not assembled a window yet. */
  ModelLineage(String job) {
    this.job = job;
  }

  /** Takes note of a window that this job assembles, by its number. */
  void assembles(long window) {
    first = Math.min(first, window);
  }

  /** Whether another job made a model that may have been given up: no window says so yet. */
  boolean isDoubtful(ModelManifest manifest) {
    return isOfAnotherJob(manifest) && first == Long.MAX_VALUE;
  }

  /** Whether a model came after the state that this job went on from. */
  boolean isGivenUp(ModelManifest manifest) {
    return isOfAnotherJob(manifest) && manifest.identity().version() > first;
  }

  private boolean isOfAnotherJob(ModelManifest manifest) {
    return manifest.job() != null && !manifest.job().equals(job);
  }
}
