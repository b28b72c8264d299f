package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.training.PublishingSchedule;
import java.util.ArrayList;
import java.util.List;
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

  private final BroadcastState<String, ModelManifest> state;
  private final int replicas;
  private final int publishEvery;
  private final int staleness;

  AnnouncedModels(
      BroadcastState<String, ModelManifest> state, int replicas, int publishEvery, int staleness) {
    this.state = state;
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
    if (run != null && !manifest.identity().run().equals(run)) {
      return;
    }
    inHeap(
        () -> {
          forgetOlder(manifest);
          String key = keyOf(manifest.identity().run(), manifest.identity().version());
          if (!state.contains(key) && size() >= MOST) {
            state.remove(keyOfLatest());
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

  private void forgetOlder(ModelManifest manifest) throws Exception {
    long oldestNeeded =
        replicas
            * PublishingSchedule.every(publishEvery)
                .versionFor(manifest.identity().version() / replicas, staleness);
    String run = manifest.identity().run();
    remove(
        other -> other.identity().run().equals(run) && other.identity().version() < oldestNeeded);
  }

  private void remove(Predicate<ModelManifest> unwanted) throws Exception {
    List<String> keys = new ArrayList<>();
    for (Map.Entry<String, ModelManifest> entry : state.entries()) {
      if (unwanted.test(entry.getValue())) {
        keys.add(entry.getKey());
      }
    }
    for (String key : keys) {
      state.remove(key);
    }
  }

  /** The key of the highest version, which is asked for last. */
  private String keyOfLatest() throws Exception {
    String key = null;
    long latest = Long.MIN_VALUE;
    for (Map.Entry<String, ModelManifest> entry : state.entries()) {
      if (entry.getValue().identity().version() > latest) {
        latest = entry.getValue().identity().version();
        key = entry.getKey();
      }
    }
    return key;
  }

  private int size() throws Exception {
    int size = 0;
    for (Map.Entry<String, ModelManifest> ignored : state.entries()) {
      size++;
    }
    return size;
  }

  /** The announcement of a version, or null. */
  ModelManifest find(String run, long version) {
    return inHeap(() -> state.get(keyOf(run, version)));
  }

  /**
   * Whether a later version was announced. After a restore the topic brings at once what was
   * published between checkpoint and crash, and versions are forgotten for it that a window, set
   * back, has yet to be mined with; the trainer may have published those before the checkpoint and
   * does not do so again.
   */
  boolean hasLater(String run, long version) {
    for (Map.Entry<String, ModelManifest> entry : inHeap(state::immutableEntries)) {
      ModelManifest other = entry.getValue();
      if (other.identity().run().equals(run) && other.identity().version() > version) {
        return true;
      }
    }
    return false;
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
