package dev.quadstream.dashboard;

import dev.quadstream.training.WindowReport;

/**
 * Puts together what is known of whether the run is well. Thread-safe.
 *
 * <p>A run that is slow is not ill: it counts as waiting only after a silence of 15 s.
 */
final class RunHealth {

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
  private static final int LATELY_WINDOWS = 50;

  private String kafkaProblem;
  private String flinkProblem;
  private String flinkPage;
  private Long checkpointAt;
  private Long lag;
  private long collapses;
  private long collapsedAtWindow = Long.MIN_VALUE / 2;

  synchronized void reported(WindowReport report) {
    if (report.collapses() > collapses) {
      collapsedAtWindow = report.window();
    } else if (report.collapses() < collapses) {
      // Another run, or one that was taken back to before the collapse.
      collapsedAtWindow = Long.MIN_VALUE / 2;
    }
    collapses = report.collapses();
  }

  /** Why Kafka cannot be read, or null now that it can. */
  synchronized void kafka(String problem) {
    kafkaProblem = problem;
  }

  /** Images that wait, or null if that is not known. */
  synchronized void lag(Long images) {
    lag = images;
  }

  synchronized void flink(String page, String problem, Long checkpointCompletedAt) {
    flinkPage = page;
    flinkProblem = problem;
    checkpointAt = checkpointCompletedAt;
  }

  synchronized Long lag() {
    return lag;
  }

  synchronized Long checkpointAt() {
    return checkpointAt;
  }

  synchronized String flinkPage() {
    return flinkPage;
  }

  synchronized boolean collapsedLately(WindowReport last) {
    return last != null && last.window() - collapsedAtWindow < LATELY_WINDOWS;
  }

  synchronized Verdict verdict(WindowReport last, Long lastReportAt, long now) {
    if (kafkaProblem != null) {
      return new Verdict("degraded", kafkaProblem);
    }
    if (flinkProblem != null) {
      return new Verdict("degraded", flinkProblem);
    }
    if (last == null) {
      return new Verdict(
          "waiting", "No window has been trained yet: waiting for the first report.");
    }
    if (now - lastReportAt > SILENCE_MILLIS) {
      return new Verdict("waiting", "No window has come lately: waiting for images.");
    }
    if (collapsedLately(last)) {
      return new Verdict(
          "degraded", "The embedding collapsed a short while ago and is being trained anew.");
    }
    if (last.reason() != null && last.imageIds() != null) {
      return new Verdict("degraded", "The last window was refused. " + last.reason());
    }
    return new Verdict("running", last.reason());
  }
}
