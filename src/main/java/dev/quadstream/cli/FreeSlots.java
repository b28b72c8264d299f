package dev.quadstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;

/**
 * Whether a cluster has the slots that a job takes. Flink itself would accept the job, wait for
 * them for five minutes, and then speak of resources and no setting.
 */
final class FreeSlots {

  /** For those of a job that is just ending, or of a TaskManager that is just starting. */
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private static final Duration PAUSE = Duration.ofMillis(250);

  /** A cluster with one of these starts TaskManagers by itself, as jobs ask for them. */
  private static final Set<String> STARTS_TASK_MANAGERS =
      Set.of("kubernetes.cluster-id", "yarn.application.id");

  private final FlinkCluster flink;

  FreeSlots(FlinkCluster flink) {
    this.flink = flink;
  }

  /**
   * Returns if there are enough, or if the cluster gets them by itself, or has no TaskManager yet:
   * such a cluster is just starting.
   *
   * @throws CommandException naming the option and the slots that there are
   */
  void require(PipelineSettings settings) throws IOException, InterruptedException {
    if (startsTaskManagers(flink.get("/jobmanager/config"))) {
      return;
    }
    long end = System.nanoTime() + TIMEOUT.toNanos();
    CommandException missing = missing(settings, flink.get("/overview"));
    while (missing != null && System.nanoTime() < end) {
      Thread.sleep(PAUSE.toMillis());
      missing = missing(settings, flink.get("/overview"));
    }
    if (missing != null) {
      throw missing;
    }
  }

  static boolean startsTaskManagers(JsonNode jobManagerConfig) {
    for (JsonNode entry : jobManagerConfig) {
      if (STARTS_TASK_MANAGERS.contains(entry.path("key").asText())) {
        return true;
      }
    }
    return false;
  }

  /** What to say, or null where it will do: the widest operator takes a slot for each subtask. */
  static CommandException missing(PipelineSettings settings, JsonNode overview) {
    int taskManagers = overview.path("taskmanagers").asInt();
    ConfigOption<Integer> widest =
        settings.replicas() < settings.get(JobConfig.PARALLELISM)
            ? JobConfig.PARALLELISM
            : JobConfig.REPLICAS;
    int needed = settings.get(widest);
    int free = overview.path("slots-available").asInt();
    return needed <= free || taskManagers == 0
        ? null
        : CommandException.configuration(
            "Option %s = %d takes as many free slots, and the cluster has %d (%d in all, of %d TaskManagers). Start more TaskManagers, stop what takes the slots, or set %s to %s."
                .formatted(
                    widest.key(),
                    needed,
                    free,
                    overview.path("slots-total").asInt(),
                    taskManagers,
                    widest.key(),
                    free > 1 ? free + " or less" : "1"),
            null);
  }
}
