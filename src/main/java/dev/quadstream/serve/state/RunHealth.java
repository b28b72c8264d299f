package dev.quadstream.serve.state;

import dev.quadstream.kafka.PipelineJobs;
import dev.quadstream.serve.state.ReplicaProgress.Pulse;
import dev.quadstream.training.WindowReport;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts together what is known of whether the run is well. Thread-safe.
 *
 * <p>A run that is slow is not ill: it counts as waiting only after a silence of 15 s.
 */
public final class RunHealth {

  /**
   * Whether the run is well.
   *
   * @param state {@code running}, {@code waiting} or {@code degraded}
   * @param reason why it is not plainly running, or null
   */
  record Verdict(String state, String reason) {

    boolean isWaiting() {
      return state.equals("waiting");
    }
  }

  private static final long SILENCE_MILLIS = 15_000;

  private String kafkaProblem;
  private String feedProblem;
  private String flinkProblem;
  private String flinkPage;
  private final Map<String, String> failures = new TreeMap<>();
  private PipelineJobs jobs;
  private Long checkpointAt;
  private Long lag;

  /** Why Kafka does not answer, or null now that it does. */
  public synchronized void kafka(String problem) {
    kafkaProblem = problem;
  }

  /** Why the topics cannot be read, or null now that they can: Kafka may answer all the same. */
  public synchronized void feed(String problem) {
    feedProblem = problem;
  }

  /** What went wrong in a thread of the page that should go on for ever; null if all is well. */
  public synchronized void failure(String thread, String problem) {
    if (problem == null) {
      failures.remove(thread);
    } else {
      failures.put(thread, problem);
    }
  }

  /** The jobs that run as the network that is looked at. */
  public synchronized void jobs(PipelineJobs seen) {
    jobs = seen;
  }

  /** Images that wait, or null if that is not known. */
  public synchronized void lag(Long images) {
    lag = images;
  }

  public synchronized void flink(String page, String problem, Long checkpointCompletedAt) {
    flinkPage = page;
    flinkProblem = problem;
    checkpointAt = checkpointCompletedAt;
  }

  public synchronized Long lag() {
    return lag;
  }

  synchronized Long checkpointAt() {
    return checkpointAt;
  }

  synchronized String flinkPage() {
    return flinkPage;
  }

  /**
   * The verdict at this time.
   *
   * @param pulses of the current run's replicas
   * @param ledger of its records, or null before the first report
   */
  synchronized Verdict verdict(List<Pulse> pulses, RunStatus.Ledger ledger, long now) {
    if (kafkaProblem != null) {
      return new Verdict("degraded", kafkaProblem);
    }
    if (feedProblem != null) {
      return new Verdict("degraded", feedProblem);
    }
    if (flinkProblem != null) {
      return new Verdict("degraded", flinkProblem);
    }
    if (jobs != null && jobs.hosts().size() > 1) {
      return new Verdict(
          "degraded",
          "More than one job trains on the same images: %s. Stop all but one.".formatted(jobs));
    }
    if (!failures.isEmpty()) {
      return new Verdict("degraded", String.join(" ", failures.values()));
    }
    if (ledger != null && ledger.unaccounted() != 0) {
      return new Verdict(
          "degraded",
          "%d of %d records that were read are in no window, no dead letter and nowhere else, or in two of them: this is a fault of the job. Keep its log and its checkpoints."
              .formatted(ledger.unaccounted(), ledger.read()));
    }
    if (pulses.isEmpty()) {
      return new Verdict(
          "waiting", "No window has been trained yet: waiting for the first report.");
    }
    if (pulses.stream().allMatch(pulse -> now - pulse.lastReportAt() > SILENCE_MILLIS)) {
      return new Verdict("waiting", "No window has come lately: waiting for images.");
    }
    for (Pulse pulse : pulses) {
      String problem = problem(pulse);
      if (problem != null) {
        return new Verdict(
            "degraded",
            pulses.size() == 1 ? problem : "Replica %d: %s".formatted(pulse.replica(), problem));
      }
    }
    return new Verdict("running", pulses.get(0).last().health().reason());
  }

  private static String problem(Pulse pulse) {
    WindowReport last = pulse.last();
    if (pulse.collapsedLately()) {
      return "The embedding collapsed a short while ago and is being trained anew.";
    }
    boolean refused = last.health().reason() != null && last.health().imageIds() != null;
    return refused ? "The last window was refused. " + last.health().reason() : null;
  }
}
