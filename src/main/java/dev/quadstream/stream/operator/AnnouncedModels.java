package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.training.PublishingSchedule;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/** The versions that the models topic has announced, those that windows may still ask for. */
final class AnnouncedModels {

  static final MapStateDescriptor<String, ModelManifest> STATE =
      new MapStateDescriptor<>(
          "known-models", Types.STRING, RecordFormats.typeOf(RecordFormats.MANIFEST));

  /** Far more than windows can ask for at once. */
  static final int MOST = 256;

  private static final Comparator<Map.Entry<String, ModelManifest>> BY_VERSION =
      Comparator.comparingLong(entry -> entry.getValue().identity().version());

  private final BroadcastState<String, ModelManifest> state;
  private final int replicas;
  private final int publishEvery;
  private final int staleness;
  private final ModelLineage lineage;

  AnnouncedModels(
      BroadcastState<String, ModelManifest> state,
      int replicas,
      int publishEvery,
      int staleness,
      ModelLineage lineage) {
    this.state = state;
    this.lineage = lineage;
    this.replicas = replicas;
    this.publishEvery = publishEvery;
    this.staleness = staleness;
  }

  /**
   * Takes an announcement up, and forgets versions that no window from here on asks for. Windows
   * that wait by an earlier interval or staleness may: {@link #hasLater} tells of theirs.
   *
   * <p>Others write to the topic, too: of other runs nothing is kept once a run has begun, and of
   * all together no more than a few hundred, for which the highest versions give way. A version
   * that is not kept is looked for in the registry.
   *
   * @param run whose windows are assembled; null before the first of them
   */
  void add(ModelManifest manifest, String run) {
    if (run != null && !manifest.identity().run().equals(run) || lineage.isGivenUp(manifest)) {
      return;
    }
    inHeap(
        () -> {
          long oldest = oldestNeeded(manifest);
          remove(
              other ->
                  other.identity().run().equals(manifest.identity().run())
                      && other.identity().version() < oldest);
          Map<String, ModelManifest> left = all();
          String key = keyOf(manifest.identity().run(), manifest.identity().version());
          if (!left.containsKey(key) && left.size() >= MOST) {
            // The highest version is asked for last.
            state.remove(Collections.max(left.entrySet(), BY_VERSION).getKey());
          }
          state.put(key, manifest);
          return null;
        });
  }

  /** Forgets what was announced of other runs. */
  void retainRun(String run) {
    inHeap(
        () -> {
          remove(manifest -> !manifest.identity().run().equals(run));
          return null;
        });
  }

  private long oldestNeeded(ModelManifest newest) {
    return replicas
        * PublishingSchedule.every(publishEvery)
            .versionFor(newest.identity().version() / replicas, staleness);
  }

  private void remove(Predicate<ModelManifest> unwanted) throws Exception {
    for (Map.Entry<String, ModelManifest> entry : all().entrySet()) {
      if (unwanted.test(entry.getValue())) {
        state.remove(entry.getKey());
      }
    }
  }

  private Map<String, ModelManifest> all() throws Exception {
    Map<String, ModelManifest> all = new LinkedHashMap<>();
    state.immutableEntries().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }

  /** The announcement of a version, or null. */
  ModelManifest find(String run, long version) {
    ModelManifest found = inHeap(() -> state.get(keyOf(run, version)));
    return found == null || lineage.isGivenUp(found) ? null : found;
  }

  /**
   * Whether a later version was announced. After a restore the topic brings at once what was
   * published between checkpoint and crash, and versions are forgotten for it that a window, set
   * back, has yet to be mined with; the trainer may have published those before the checkpoint and
   * does not do so again.
   */
  boolean hasLater(String run, long version) {
    return inHeap(this::all).values().stream()
        .anyMatch(
            other ->
                other.identity().run().equals(run)
                    && other.identity().version() > version
                    && !lineage.isGivenUp(other));
  }

  private static <T> T inHeap(Callable<T> access) {
    try {
      return access.call();
    } catch (Exception e) {
      throw new IllegalStateException("Broadcast state is a map in the heap.", e);
    }
  }

  private static String keyOf(String run, long version) {
    return run + "/" + version;
  }
}
