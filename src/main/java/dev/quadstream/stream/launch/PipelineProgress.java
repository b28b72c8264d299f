package dev.quadstream.stream.launch;

import java.util.Objects;

/**
 * What is known of a pipeline's newest job, so that another can go on from it.
 *
 * @param pipeline its name among all that keep their checkpoints in the same directory
 * @param job Flink's id of the newest job
 * @param startedFrom the checkpoint or savepoint that the job started from; null if it began anew
 * @param newest its newest whole checkpoint or savepoint, wherever that lies; null before the first
 */
record PipelineProgress(String pipeline, String job, String startedFrom, String newest) {

  PipelineProgress {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(job, "job");
  }

  /** With a checkpoint or savepoint that is whole. */
  PipelineProgress at(String checkpoint) {
    return new PipelineProgress(pipeline, job, startedFrom, checkpoint);
  }

  /** What a job goes on from; null where nothing has been completed and nothing was begun from. */
  String goesOnFrom() {
    return newest == null ? startedFrom : newest;
  }
}
