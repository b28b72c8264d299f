package dev.quadstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What becomes of a job in the seconds after it was submitted: what only its TaskManager can tell
 * of an installation, a person at the terminal is told too.
 */
final class JobStart {

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Set<String> UNDER_WAY = Set.of("RUNNING", "FINISHED");
  private static final String CAUSE = "Caused by: ";
  private static final String REFUSED = StartRefusedException.class.getName() + ": ";

  private final FlinkCluster flink;
  private final String job;

  JobStart(FlinkCluster flink, String job) {
    this.flink = flink;
    this.job = job;
  }

  /**
   * Returns once every task runs, or when the timeout ends.
   *
   * @return whether every task runs
   * @throws CommandException if the job has failed, with the reason
   */
  boolean await(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < end) {
      try {
        JsonNode details = flink.get("/jobs/" + job);
        if (details.path("state").asText().equals("FAILED")) {
          throw failure();
        }
        if (everyTaskRuns(details.path("vertices"))) {
          return true;
        }
      } catch (IOException | MalformedMessageException e) {
        // A busy JobManager answers late, and the job runs on meanwhile: another look.
      }
      Thread.sleep(PAUSE.toMillis());
    }
    return false;
  }

  private static boolean everyTaskRuns(JsonNode vertices) {
    for (JsonNode vertex : vertices) {
      if (!UNDER_WAY.contains(vertex.path("status").asText())) {
        return false;
      }
    }
    return !vertices.isEmpty();
  }

  private CommandException failure() throws InterruptedException, IOException {
    List<String> causes = causesOfLastFailure();
    for (String cause : causes) {
      if (cause.startsWith(REFUSED)) {
        return CommandException.configuration(
            "The job was refused: " + cause.substring(REFUSED.length()), null);
      }
    }
    return CommandException.failed("The job failed: " + rootOf(causes), null);
  }

  /** The root of the job's last failure, as class and message; empty where none is known. */
  String lastFailure() throws InterruptedException {
    try {
      return rootOf(causesOfLastFailure());
    } catch (IOException | MalformedMessageException e) {
      return "";
    }
  }

  private static String rootOf(List<String> causes) {
    return causes.isEmpty() ? "" : causes.get(causes.size() - 1);
  }

  /** Class and message of each cause, the root last. */
  private List<String> causesOfLastFailure() throws InterruptedException, IOException {
    return flink
        .get("/jobs/" + job + "/exceptions?maxExceptions=1")
        .path("exceptionHistory")
        .path("entries")
        .path(0)
        .path("stacktrace")
        .asText()
        .lines()
        .filter(line -> !line.startsWith("\t"))
        .map(line -> line.startsWith(CAUSE) ? line.substring(CAUSE.length()) : line)
        .toList();
  }
}
