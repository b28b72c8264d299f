package dev.quadstream.training;

/** The released model, one at a time. Not thread-safe; closes its network. */
public final class ReleasedModels implements AutoCloseable {

  private final MiningModels models;

  /**
   * None so far.
   *
   * @param models of which this takes one at a time; closed with it
   */
  public ReleasedModels(MiningModels models) {
    this.models = models;
  }

  /**
   * The model that was live as of the one that mines; that very one where it is live itself, and
   * also where the live one is gone: what names its release is never made by another.
   */
  public MiningModel liveAsOf(String run, MiningModel mining) {
    return mining.release() == mining.version()
        ? mining
        : models.find(run, mining.release()).orElse(mining);
  }

  @Override
  public void close() {
    models.close();
  }
}
