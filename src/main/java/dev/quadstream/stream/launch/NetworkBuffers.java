package dev.quadstream.stream.launch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.configuration.NettyShuffleEnvironmentOptions;

/**
 * Whether a TaskManager of a cluster outlives the loss of another. Flink 2.2 ends a process that
 * holds half of a record of the lost one, unless the buffers of its channels come from the pool;
 * windows are longer than a buffer.
 */
public final class NetworkBuffers {

  private static final String SETTING =
      NettyShuffleEnvironmentOptions.NETWORK_READ_MAX_REQUIRED_BUFFERS_PER_GATE.key();

  private NetworkBuffers() {}

  /**
   * What to say of a cluster that lacks the setting; nothing for a job that takes one TaskManager,
   * of which it is not asked.
   */
  public static Optional<String> warning(PipelineSettings settings, FreeSlots.Flink flink)
      throws IOException, InterruptedException {
    if (settings.replicas() == 1 && settings.get(JobConfig.PARALLELISM) == 1) {
      return Optional.empty();
    }
    for (JsonNode entry : flink.get("/jobmanager/config")) {
      if (entry.path("key").asText().equals(SETTING) && entry.path("value").asText().equals("1")) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "A TaskManager that is lost can take another with it: set %s: 1 in Flink's configuration, as flink-conf/config.yaml has it."
            .formatted(SETTING));
  }
}
