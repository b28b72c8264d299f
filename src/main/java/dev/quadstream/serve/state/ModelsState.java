package dev.quadstream.serve.state;

import dev.quadstream.evaluation.HeldOutResult;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the page knows of the models that the run's replicas train together, and of the map under
 * them, in bounded memory. Thread-safe.
 */
public final class ModelsState {

  /**
   * A model for the list.
   *
   * @param manifest as published
   * @param heldOutRecallAt1 recall@1 on held-out images, or null where it was not measured
   * @param galleryRecallAt1 leave-one-out recall@1 in the gallery, or null
   */
  record ModelEntry(ModelManifest manifest, Double heldOutRecallAt1, Double galleryRecallAt1) {}

  private static final int MAX_MODELS = 2_000;
  private static final int MODELS_SHOWN = 100;
  private static final int FRAMES = 32;

  private final NavigableMap<Long, ModelEntry> models = new TreeMap<>();
  private final MapFrames frames = new MapFrames(FRAMES);
  private final Revisions revisions = new Revisions(Section.MODELS, Section.MAP, Section.HELD_OUT);
  private Double rawPixelRecall;
  private MapSummary map = MapSummary.EMPTY;
  private HeldOutResult heldOut;
  private Release pointer;

  /** No models yet. */
  ModelsState() {}

  /** The map under each model that is kept. */
  public MapFrames frames() {
    return frames;
  }

  /**
   * Takes a published model up; one of another run makes those before it history, and one of a job
   * that was set back to an older state those that came after that state.
   */
  public synchronized void add(ModelManifest manifest) {
    if (models.values().stream().anyMatch(known -> manifest.isGivenUpBy(known.manifest()))) {
      return;
    }
    if (!models.isEmpty() && !newestManifest().identity().run().equals(manifest.identity().run())) {
      models.clear();
    }
    if (models.values().removeIf(known -> known.manifest().isGivenUpBy(manifest))) {
      frames.removeFrom(manifest.identity().version());
    }
    models.merge(
        manifest.identity().version(),
        new ModelEntry(manifest, null, null),
        (known, announced) ->
            new ModelEntry(
                announced.manifest(), known.heldOutRecallAt1(), known.galleryRecallAt1()));
    if (models.size() > MAX_MODELS) {
      models.pollFirstEntry();
    }
    revisions.changed(Section.MODELS);
  }

  /** Takes up what the releases topic says of the network. */
  public synchronized void released(Release release) {
    pointer = release;
    revisions.changed(Section.MODELS);
  }

  /** The manifest of the model that is live, or null where that is not known. */
  public synchronized ModelManifest liveManifest() {
    LiveRelease live = live();
    return live == null ? null : manifest(live.decision().live());
  }

  private LiveRelease live() {
    return LiveRelease.of(models.values().stream().map(ModelEntry::manifest).toList(), pointer);
  }

  /** Notes how good a model was found to be; null where that was not measured. */
  public synchronized void measured(
      ModelManifest manifest, Double heldOutRecall, Double galleryRecall) {
    models.computeIfPresent(
        manifest.identity().version(),
        (version, known) -> new ModelEntry(known.manifest(), heldOutRecall, galleryRecall));
    revisions.changed(Section.MODELS);
  }

  public synchronized void rawPixelRecall(double recall) {
    rawPixelRecall = recall;
    revisions.changed(Section.MODELS);
  }

  /** Notes how the model that was measured last does on held-out images; null without any. */
  public synchronized void heldOut(HeldOutResult result) {
    if (!Objects.equals(result, heldOut)) {
      heldOut = result;
      revisions.changed(Section.HELD_OUT);
    }
  }

  /** What was noted last, or null. */
  public synchronized HeldOutResult heldOut() {
    return heldOut;
  }

  public synchronized void map(MapSummary summary) {
    if (!summary.equals(map)) {
      map = summary;
      revisions.changed(Section.MAP);
    }
  }

  public synchronized long revision(Section section) {
    return revisions.of(section);
  }

  /**
   * The newest models, newest first, the held-out recall of all, the bar to clear, what is live.
   */
  public synchronized Map<String, Object> models() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("rawPixels", rawPixelRecall);
    message.put("published", models.size());
    message.put("release", live());
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
