package dev.quadstream.serve.state;

import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.WindowReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the page knows of one replica of the run: its reports, in bounded memory. Thread-safe. */
public final class ReplicaProgress {

  /**
   * A hard quadruplet with where it was met.
   *
   * @param window the window
   * @param modelVersion version after it
   * @param quadruplet the quadruplet
   */
  record HardCase(long window, long modelVersion, HardQuadruplet quadruplet) {}

  /**
   * The replica's last sign of life.
   *
   * @param replica its number
   * @param last its last report, or null
   * @param lastReportAt when that was written, milliseconds since the epoch, or null
   * @param images of its run
   * @param collapsedLately whether its embedding collapsed within the last windows
   */
  record Pulse(
      int replica, WindowReport last, Long lastReportAt, long images, boolean collapsedLately) {}

  private static final int MAX_POINTS = 1_200;
  private static final int HARD_WINDOWS = 100;
  private static final int HARD_CASES_SHOWN = 6;
  private static final int COLLAPSED_WINDOWS = 50;

  private final int number;
  private final boolean isShown;
  private final ReportHistory history;
  private final Deque<HardCase> hardCases = new ArrayDeque<>();
  private final Revisions revisions = new Revisions(Section.HISTORY, Section.HARDEST);
  private WindowReport last;
  private Long lastReportAt;
  private long collapsedAtWindow = Long.MIN_VALUE / 2;

  /**
   * A replica that nothing is known of yet.
   *
   * @param isShown whether its history and quadruplets are kept, and not its sums alone
   */
  ReplicaProgress(int number, boolean isShown) {
    this.number = number;
    this.isShown = isShown;
    this.history = new ReportHistory(isShown ? MAX_POINTS : 2);
  }

  public int number() {
    return number;
  }

  /**
   * Takes a report up. A job that was set back to an older state comes to windows again that the
   * history has: they are no points of it, but tell that it trains, and where.
   *
   * @return whether it was news
   */
  public synchronized boolean add(WindowReport report, long writtenAt) {
    int runsBefore = history.runs();
    boolean isPoint = history.add(report, writtenAt);
    if (!isPoint && (last == null || writtenAt <= lastReportAt)) {
      return false;
    }
    if (history.runs() != runsBefore) {
      hardCases.clear();
      revisions.changed(Section.HARDEST);
    }
    noteCollapse(report);
    last = report;
    lastReportAt = writtenAt;
    if (isShown) {
      addHardCases(report);
    }
    if (isPoint) {
      revisions.changed(Section.HISTORY);
    }
    return true;
  }

  private void noteCollapse(WindowReport report) {
    long collapses = last == null ? 0 : last.health().collapses();
    if (report.health().collapses() > collapses) {
      collapsedAtWindow = report.identity().window();
    } else if (report.health().collapses() < collapses) {
      // Another run, or one that was taken back to before the collapse.
      collapsedAtWindow = Long.MIN_VALUE / 2;
    }
  }

  private void addHardCases(WindowReport report) {
    // Of windows that are trained anew.
    if (hardCases.removeIf(hard -> hard.window() >= report.identity().window())) {
      revisions.changed(Section.HARDEST);
    }
    if (report.details().hardest() != null && !report.details().hardest().isEmpty()) {
      report
          .details()
          .hardest()
          .forEach(
              hard ->
                  hardCases.addLast(
                      new HardCase(report.identity().window(), report.identity().version(), hard)));
      revisions.changed(Section.HARDEST);
    }
    while (!hardCases.isEmpty()
        && hardCases.getFirst().window() <= report.identity().window() - HARD_WINDOWS) {
      hardCases.removeFirst();
    }
  }

  public synchronized long revision(Section section) {
    return revisions.of(section);
  }

  synchronized Pulse pulse() {
    boolean collapsedLately =
        last != null && last.identity().window() - collapsedAtWindow < COLLAPSED_WINDOWS;
    return new Pulse(number, last, lastReportAt, history.images(), collapsedLately);
  }

  /**
   * The history from a point on.
   *
   * @param epoch of the history that the reader has; with another one it gets all of it
   * @param from the first point that the reader lacks or that may have changed
   */
  public synchronized Map<String, Object> history(int epoch, int from) {
    int start = epoch == history.epoch() ? from : 0;
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("epoch", history.epoch());
    message.put("from", start);
    message.put("size", history.size());
    message.put("windowsAPoint", history.windowsAPoint());
    message.put("columns", history.columns(start));
    return message;
  }

  /** The worst quadruplets of the last windows, one for each anchor. */
  public synchronized List<HardCase> hardest() {
    List<HardCase> sorted = new ArrayList<>(hardCases);
    sorted.sort(
        Comparator.comparingDouble((HardCase hard) -> hard.quadruplet().violation()).reversed());
    Map<String, HardCase> byAnchor = new LinkedHashMap<>();
    sorted.forEach(hard -> byAnchor.putIfAbsent(hard.quadruplet().images().anchor(), hard));
    return byAnchor.values().stream().limit(HARD_CASES_SHOWN).toList();
  }
}
