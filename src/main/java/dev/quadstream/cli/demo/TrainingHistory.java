package dev.quadstream.cli.demo;

import dev.quadstream.training.WindowReport;
import java.util.ArrayList;
import java.util.List;

/** What the windows of a training run add up to. Not thread-safe. */
public final class TrainingHistory {

  private static final int RECENT_SHARE = 10;

  private final List<int[]> testedAndCorrect = new ArrayList<>();
  private double loss = Double.NaN;
  private WindowReport last;

  public void add(WindowReport report) {
    testedAndCorrect.add(new int[] {report.prequential().tested(), report.prequential().correct()});
    if (report.loss().total() != null && report.health().reason() == null) {
      loss = report.loss().total();
    }
    last = report;
  }

  public long windows() {
    return testedAndCorrect.size();
  }

  /** The last window's report, or null before the first. */
  public WindowReport last() {
    return last;
  }

  /** Of the last window that was trained on, or NaN. */
  public double loss() {
    return loss;
  }

  /** Prequential recall@1 of all windows, or NaN. */
  public double recallAt1() {
    return recallAt1(testedAndCorrect);
  }

  /** Prequential recall@1 of the last tenth of the windows, or NaN. */
  public double recentRecallAt1() {
    int windows = testedAndCorrect.size();
    int recent = (windows + RECENT_SHARE - 1) / RECENT_SHARE;
    return recallAt1(testedAndCorrect.subList(windows - recent, windows));
  }

  private static double recallAt1(List<int[]> windows) {
    long tested = windows.stream().mapToLong(window -> window[0]).sum();
    long correct = windows.stream().mapToLong(window -> window[1]).sum();
    return tested == 0 ? Double.NaN : (double) correct / tested;
  }
}
