package dev.quadstream.stream.launch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.ConfigOption;

/**
 * Whether a cluster has the slots that a job takes. Flink itself would accept the job, wait for
 * them for five minutes, and then speak of resources and no setting.
 */
public final class FreeSlots {

  /** An answer of Flink's REST interface. */
  public interface Flink {

    JsonNode get(String path) throws IOException, InterruptedException;
  }

  private static final Duration PAUSE = Duration.ofMillis(250);

  // What Flink counts.
  static final String FREE = "slots-available";
  private static final String IN_ALL = "slots-total";

  /** A cluster with one of these starts TaskManagers by itself, as jobs ask for them. */
  private static final Set<String> STARTS_TASK_MANAGERS =
      Set.of("kubernetes.cluster-id", "yarn.application.id");

  private final Flink flink;

  public FreeSlots(Flink flink) {
    this.flink = flink;
  }

  /**
   * Returns if a cluster that is there has enough, or gets them by itself, or has no TaskManager
   * yet: such a cluster is just starting.
   *
   * @param patience for slots of a job that is just ending, or of a TaskManager that is just
   *     starting
   * @throws StartRefusedException naming the option and the slots that there are
   */
  public void require(PipelineSettings settings, Duration patience)
      throws IOException, InterruptedException {
    if (startsTaskManagers(flink.get("/jobmanager/config"))) {
      return;
    }
    JsonNode overview = flink.get("/overview");
    if (taskManagers(overview) > 0) {
      awaitEnough(settings, overview, FREE, patience);
    }
  }

  /**
   * The same for the cluster of this job alone, whose TaskManagers start with it: those that come
   * are waited for, for as long as they come. What takes slots there can only be the job of a
   * JobManager that has died. It gives them back, if only when Flink ends a TaskManager whose tasks
   * do not, and Flink waits for that.
   *
   * @param patience since the last one came
   */
  public void requireAsTheyCome(PipelineSettings settings, Duration patience)
      throws IOException, InterruptedException {
    if (!startsTaskManagers(flink.get("/jobmanager/config"))) {
      awaitEnough(settings, flink.get("/overview"), IN_ALL, patience);
    }
  }

  private void awaitEnough(
      PipelineSettings settings, JsonNode first, String slots, Duration patience)
      throws IOException, InterruptedException {
    JsonNode overview = first;
    long changed = System.nanoTime();
    StartRefusedException missing = missing(settings, overview, slots);
    while (missing != null && System.nanoTime() - changed < patience.toNanos()) {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      JsonNode now = flink.get("/overview");
      if (taskManagers(now) != taskManagers(overview)) {
        changed = System.nanoTime();
      }
      overview = now;
      missing = missing(settings, overview, slots);
    }
    if (missing != null && taskManagers(overview) > 0) {
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

  private static int taskManagers(JsonNode overview) {
    return overview.path("taskmanagers").asInt();
  }

  /** What to say, or null where it will do: the widest operator takes a slot for each subtask. */
  static StartRefusedException missing(PipelineSettings settings, JsonNode overview, String slots) {
    ConfigOption<Integer> widest =
        settings.replicas() < settings.get(JobConfig.PARALLELISM)
            ? JobConfig.PARALLELISM
            : JobConfig.REPLICAS;
    int needed = settings.get(widest);
    int available = overview.path(slots).asInt();
    return needed <= available
        ? null
        : new StartRefusedException(
            "Option %s = %d takes as many free slots, and the cluster has %d (%d in all, of %d TaskManagers). Start more TaskManagers, stop what takes the slots, or set %s to %s."
                .formatted(
                    widest.key(),
                    needed,
                    available,
                    overview.path(IN_ALL).asInt(),
                    taskManagers(overview),
                    widest.key(),
                    available > 1 ? available + " or less" : "1"));
  }
}
