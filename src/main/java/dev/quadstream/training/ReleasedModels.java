package dev.quadstream.training;

import dev.quadstream.network.QuadrupletNetwork;
import java.util.Optional;
import java.util.function.Supplier;

/** The released model, one at a time. Not thread-safe; closes its network. */
public final class ReleasedModels implements AutoCloseable {

  private final Supplier<QuadrupletNetwork> initial;
  private final ModelStore store;
  private MiningModel model;

  /**
   * None so far.
   *
   * @param initial the network before the first window, which is version 0
   * @param store of the others
   */
  public ReleasedModels(Supplier<QuadrupletNetwork> initial, ModelStore store) {
    this.initial = initial;
    this.store = store;
  }

  /**
   * The model that was live as of the one that mines; that very one where it is live itself, and
   * also where the live one is gone: what names its release is never made by another.
   */
  public MiningModel liveAsOf(String run, MiningModel mining) {
    long release = mining.release();
    if (release == mining.version()) {
      return mining;
    }
    if (model == null || model.version() != release) {
      Optional<MiningModel> found =
          release == 0
              ? Optional.of(new MiningModel(0, initial.get(), mining.margins()))
              : store.find(run, release, network());
      found.ifPresent(this::keep);
      return found.orElse(mining);
    }
    return model;
  }

  private void keep(MiningModel found) {
    if (network() != found.network()) {
      close();
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
