package dev.quadstream.cli.demo;

import dev.quadstream.training.WindowReport;
import java.util.ArrayDeque;
import java.util.Deque;

/** Prequential recall@1 over the last share of the images, however many there turn out to be. */
final class RecallOfLastShare {

  private final Deque<WindowReport> reports = new ArrayDeque<>();
  private final int share;
  private final long maxImages;
  private long held;

  /**
   * Nothing so far.
   *
   * @param maxImages images that the run has at the most
   * @param share 10 for the last tenth
   */
  RecallOfLastShare(long maxImages, int share) {
    this.maxImages = maxImages;
    this.share = share;
  }

  void add(WindowReport report, long imagesSoFar) {
    reports.addLast(report);
    held += report.images().arrived();
    long wanted = Math.min(maxImages, imagesSoFar) / share;
    while (reports.size() > 1 && held - reports.getFirst().images().arrived() >= wanted) {
      held -= reports.removeFirst().images().arrived();
    }
  }

  /** Recall@1, or NaN where no image was tested. */
  double recallAt1() {
    int tested = reports.stream().mapToInt(report -> report.prequential().tested()).sum();
    int correct = reports.stream().mapToInt(report -> report.prequential().correct()).sum();
    return tested == 0 ? Double.NaN : (double) correct / tested;
  }
}
