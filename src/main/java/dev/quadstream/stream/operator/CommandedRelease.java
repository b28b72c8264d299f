package dev.quadstream.stream.operator;

import dev.quadstream.json.PrintableText;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.training.ReleasePolicy;
import dev.quadstream.training.ReleaseState;
import java.util.Optional;

/**
 * What comes of a command to move the pointer to the live model. Whoever can write to the topic can
 * send one, so each is checked here as it was where it was given.
 *
 * @param state of the releases after it
 * @param pointer to what is live then
 */
record CommandedRelease(ReleaseState state, Release pointer) {

  /** A command that is not carried out; the message says why, as printable text. */
  static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private RefusedException(String reason, Object... parts) {
      super(PrintableText.of(reason.formatted(parts)));
    }
  }

  /**
   * Carries a command out.
   *
   * @param before what is live, or null before the first release
   * @param newest the newest version's manifest, or null before the first
   * @throws RefusedException where it cannot be: what is live stays so
   */
  static CommandedRelease of(
      ReleaseCommand command,
      ReleaseState before,
      ModelManifest newest,
      ModelRegistry registry,
      ReleasePolicy policy)
      throws RefusedException {
    if (before == null || newest == null) {
      throw new RefusedException("this run has published no version yet");
    }
    ModelManifest.Identity run = newest.identity();
    if (!command.name().equals(run.name()) || !command.run().equals(run.run())) {
      throw new RefusedException(
          "it speaks of run %s of network %s, and this is run %s of network %s",
          command.run(), command.name(), run.run(), run.name());
    }
    ReleaseState after = carryOut(command, before, run.version());
    ModelManifest live =
        published(registry, run, after.live())
            .orElseThrow(
                () ->
                    new RefusedException(
                        "version %d is not in the registry: it was never published, or is deleted",
                        after.live()));
    Optional<ModelManifest> named =
        command.version() == null ? Optional.empty() : published(registry, run, command.version());
    if (named.isPresent() && !named.get().file().sha256().equals(command.sha256())) {
      throw new RefusedException(
          "the file of version %d has the checksum %s, and the command was given for one with %s",
          command.version(), named.get().file().sha256(), command.sha256());
    }
    return new CommandedRelease(
        after,
        new Release(
            live.identity(),
            live.file(),
            System.currentTimeMillis(),
            run.version(),
            ReleaseDecisions.of(after, policy)));
  }

  /** A registry that is away may come back; a manifest that is damaged stays so. */
  private static Optional<ModelManifest> published(
      ModelRegistry registry, ModelManifest.Identity run, long version) throws RefusedException {
    try {
      return registry.find(run.name(), run.run(), version);
    } catch (RegistryException e) {
      if (e.isLost()) {
        throw new RefusedException("%s", e.getMessage());
      }
      throw e;
    }
  }

  private static ReleaseState carryOut(ReleaseCommand command, ReleaseState before, long newest)
      throws RefusedException {
    if (command.action() == ReleaseCommand.Action.UNPIN) {
      return before.unpinned();
    }
    if (command.action() == ReleaseCommand.Action.HOLD) {
      return before.hold();
    }
    long version = command.version() == null ? -1 : command.version();
    if (version < 0 || version > newest) {
      throw new RefusedException(
          "it names version %s, and versions up to %d have been published",
          command.version(), newest);
    }
    if (command.action() == ReleaseCommand.Action.PIN) {
      return before.pinned(version);
    }
    if (command.action() == ReleaseCommand.Action.ROLLBACK) {
      if (version == before.live()) {
        throw new RefusedException("version %d is live already", version);
      }
      return before.rolledBack(version);
    }
    if (version == before.live() && before.previous() == null) {
      throw new RefusedException(
          "version %d is live and none before it is known: roll back to one that you name",
          version);
    }
    return before.quarantined(version);
  }
}
