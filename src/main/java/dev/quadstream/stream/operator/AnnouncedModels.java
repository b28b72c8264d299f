package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.training.PublishingSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/** The versions that the models topic has announced, those that windows may still ask for. */
final class AnnouncedModels {

  /** There is one model a run, which was once number 0 of several. */
  static final int ONLY_MODEL = 0;

  static final MapStateDescriptor<String, ModelManifest> STATE =
      new MapStateDescriptor<>(
          "known-models", Types.STRING, RecordFormats.typeOf(RecordFormats.MANIFEST));

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
   */
  void add(ModelManifest manifest) {
    if (manifest.identity().shard() != ONLY_MODEL) {
      return;
    }
    inHeap(
        () -> {
          state.put(keyOf(manifest.identity().run(), manifest.identity().version()), manifest);
          forgetOlder(manifest);
          return null;
        });
  }

  private void forgetOlder(ModelManifest manifest) throws Exception {
    long oldestNeeded =
        replicas
            * PublishingSchedule.every(publishEvery)
                .versionFor(manifest.identity().version() / replicas, staleness);
    List<String> older = new ArrayList<>();
    for (Map.Entry<String, ModelManifest> entry : state.entries()) {
      boolean sameRun = entry.getValue().identity().run().equals(manifest.identity().run());
      if (sameRun && entry.getValue().identity().version() < oldestNeeded) {
        older.add(entry.getKey());
      }
    }
    for (String key : older) {
      state.remove(key);
    }
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
    return run + "/" + ONLY_MODEL + "/" + version;
  }
}
