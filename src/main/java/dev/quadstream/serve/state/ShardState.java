package dev.quadstream.serve.state;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.WindowReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the page knows of one shard: its reports, its models and their map, in bounded memory.
 * Thread-safe.
 *
 * <p>Each section has a revision, so that a browser is sent only what it has not seen.
 */
public final class ShardState {

  /** A part of the page that changes as one. */
  public enum Section {
    HISTORY,
    HARDEST,
    MODELS,
    MAP
  }

  /**
   * A hard quadruplet with where it was met.
   *
   * @param window the window
   * @param modelVersion version after it
   * @param quadruplet the quadruplet
   */
  record HardCase(long window, long modelVersion, HardQuadruplet quadruplet) {}

  /**
   * A model for the list.
   *
   * @param manifest as published
   * @param heldOutRecallAt1 recall@1 on held-out images, or null where it was not measured
   * @param galleryRecallAt1 leave-one-out recall@1 in the gallery, or null
   */
  record ModelEntry(ModelManifest manifest, Double heldOutRecallAt1, Double galleryRecallAt1) {}

  /**
   * The shard's last sign of life.
   *
   * @param shard its number
   * @param last its last report, or null
   * @param lastReportAt when that was written, milliseconds since the epoch, or null
   * @param images of its run
   * @param collapsedLately whether its embedding collapsed within the last windows
   */
  record Pulse(
      int shard, WindowReport last, Long lastReportAt, long images, boolean collapsedLately) {}

  private static final int MOST_POINTS = 1_200;
  private static final int MOST_MODELS = 2_000;
  private static final int MODELS_SHOWN = 100;
  private static final int HARD_WINDOWS = 100;
  private static final int HARD_CASES_SHOWN = 6;
  private static final int COLLAPSED_WINDOWS = 50;
  private static final int FRAMES = 32;

  private final int number;
  private final ReportHistory history = new ReportHistory(MOST_POINTS);
  private final Deque<HardCase> hardCases = new ArrayDeque<>();
  private final NavigableMap<Long, ModelEntry> models = new TreeMap<>();
  private final MapFrames frames = new MapFrames(FRAMES);
  private final Map<Section, Long> revisions = new EnumMap<>(Section.class);
  private WindowReport last;
  private Long lastReportAt;
  private long collapsedAtWindow = Long.MIN_VALUE / 2;
  private Double rawPixelRecall;
  private MapSummary map = MapSummary.EMPTY;

  /** A shard that nothing is known of yet. */
  ShardState(int number) {
    this.number = number;
    for (Section section : Section.values()) {
      revisions.put(section, 1L);
    }
  }

  public int number() {
    return number;
  }

  /** The map under each model that is kept. */
  public MapFrames frames() {
    return frames;
  }

  /** Takes a report up; returns whether it was news. */
  public synchronized boolean add(WindowReport report, long writtenAt) {
    int runsBefore = history.runs();
    if (!history.add(report, writtenAt)) {
      return false;
    }
    if (history.runs() != runsBefore) {
      hardCases.clear();
      changed(Section.HARDEST);
    }
    noteCollapse(report);
    last = report;
    lastReportAt = writtenAt;
    addHardCases(report);
    changed(Section.HISTORY);
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
    if (report.hardest() != null && !report.hardest().isEmpty()) {
      report
          .hardest()
          .forEach(
              hard ->
                  hardCases.addLast(
                      new HardCase(report.identity().window(), report.identity().version(), hard)));
      changed(Section.HARDEST);
    }
    while (!hardCases.isEmpty()
        && hardCases.getFirst().window() <= report.identity().window() - HARD_WINDOWS) {
      hardCases.removeFirst();
    }
  }

  /** Takes a published model up; one of another run makes those before it history. */
  public synchronized void add(ModelManifest manifest) {
    if (!models.isEmpty() && !newestManifest().identity().run().equals(manifest.identity().run())) {
      models.clear();
    }
    models.merge(
        manifest.identity().version(),
        new ModelEntry(manifest, null, null),
        (known, announced) ->
            new ModelEntry(
                announced.manifest(), known.heldOutRecallAt1(), known.galleryRecallAt1()));
    if (models.size() > MOST_MODELS) {
      models.pollFirstEntry();
    }
    changed(Section.MODELS);
  }

  /** Notes how good a model was found to be; null where that was not measured. */
  public synchronized void measured(
      ModelManifest manifest, Double heldOutRecall, Double galleryRecall) {
    models.computeIfPresent(
        manifest.identity().version(),
        (version, known) -> new ModelEntry(known.manifest(), heldOutRecall, galleryRecall));
    changed(Section.MODELS);
  }

  public synchronized void rawPixelRecall(double recall) {
    rawPixelRecall = recall;
    changed(Section.MODELS);
  }

  public synchronized void map(MapSummary summary) {
    if (!summary.equals(map)) {
      map = summary;
      changed(Section.MAP);
    }
  }

  private void changed(Section section) {
    revisions.merge(section, 1L, Long::sum);
  }

  public synchronized long revision(Section section) {
    return revisions.get(section);
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
    sorted.forEach(hard -> byAnchor.putIfAbsent(hard.quadruplet().anchor(), hard));
    return byAnchor.values().stream().limit(HARD_CASES_SHOWN).toList();
  }

  /** The newest models, newest first, the held-out recall of all, and the bar to clear. */
  public synchronized Map<String, Object> models() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("rawPixels", rawPixelRecall);
    message.put("published", models.size());
    message.put(
        "newest",
        models.descendingMap().values().stream().limit(MODELS_SHOWN).map(ModelRow::of).toList());
    message.put(
        "heldOut",
        models.values().stream()
            .filter(entry -> entry.heldOutRecallAt1() != null)
            .map(
                entry ->
                    new double[] {entry.manifest().identity().version(), entry.heldOutRecallAt1()})
            .toList());
    return message;
  }

  public synchronized MapSummary map() {
    return map;
  }

  /** The manifest of a version of the current run, or null. */
  public synchronized ModelManifest manifest(long version) {
    ModelEntry entry = models.get(version);
    return entry == null ? null : entry.manifest();
  }

  /** The newest manifest of the current run, or null. */
  public synchronized ModelManifest newestManifest() {
    return models.isEmpty() ? null : models.lastEntry().getValue().manifest();
  }
}
