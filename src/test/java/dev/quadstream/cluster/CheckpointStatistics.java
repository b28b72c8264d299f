package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quadstream.json.JsonMessages;

/** What Flink's REST API says of a job's checkpoints. */
record CheckpointStatistics(Counts counts, Latest latest) {

  /** How many there were. */
  record Counts(int completed, int failed, int restored) {}

  /** The latest of each kind, or null. */
  record Latest(Checkpoint completed, Restored restored) {}

  /** The checkpoint that the job was last restored from. */
  record Restored(long id) {}

  /** One checkpoint. */
  record Checkpoint(@JsonProperty("persisted_data") long bytesInFlight) {}

  static CheckpointStatistics of(TestingRun run) {
    return read(run.ask("/checkpoints"), CheckpointStatistics.class);
  }

  static Checkpoint of(TestingRun run, long id) {
    return read(run.ask("/checkpoints/details/" + id), Checkpoint.class);
  }

  private static <T> T read(String json, Class<T> type) {
    return JsonMessages.read(json.getBytes(UTF_8), type);
  }
}
