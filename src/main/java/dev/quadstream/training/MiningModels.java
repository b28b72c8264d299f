package dev.quadstream.training;

import dev.quadstream.network.QuadrupletNetwork;
import java.util.Optional;

/**
 * The model of the version that a window asks for, one at a time. Not thread-safe; closes its
 * network.
 */
public final class MiningModels implements AutoCloseable {

  private final ModelStore store;
  private MiningModel model;

  public MiningModels(ModelStore store) {
    this.store = store;
  }

  /** The model of a version, or empty where it cannot be had yet. */
  public Optional<MiningModel> find(String run, long version) {
    if (model != null && model.version() == version) {
      return Optional.of(model);
    }
    Optional<MiningModel> found = store.find(run, version, network());
    found.ifPresent(this::keep);
    return found;
  }

  /**
   * The model that was live as of the one that mines; that very one where it is live itself, and
   * also where the live one is gone: what names its release is never made by another.
   */
  public MiningModel liveAsOf(String run, MiningModel mining) {
    return mining.release() == mining.version()
        ? mining
        : find(run, mining.release()).orElse(mining);
  }

  private void keep(MiningModel found) {
    QuadrupletNetwork previous = network();
    if (previous != null && previous != found.network()) {
      previous.close();
    }
    model = found;
  }

  private QuadrupletNetwork network() {
    return model == null ? null : model.network();
  }

  @Override
  public void close() {
    if (model != null) {
      model.network().close();
    }
  }
}
