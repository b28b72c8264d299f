package dev.quadstream.stream.operator;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.RecordFormats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;

/**
 * Commands to the release pointer that speak of versions which a job, gone back to a checkpoint,
 * has yet to come to again. Carried out earlier they would be of another state than they were given
 * in.
 */
final class PendingCommands {

  /** More than people give in the time between two checkpoints. */
  private static final int MOST = 64;

  private static final ListStateDescriptor<ReleaseCommand> COMMANDS =
      new ListStateDescriptor<>(
          "commands-ahead", RecordFormats.typeOf(RecordFormats.RELEASE_COMMAND));

  private final ListState<ReleaseCommand> state;
  private final ModelRegistry registry;
  private final String job;

  /**
   * Those of a checkpoint.
   *
   * @param job this job, by Flink's id
   */
  PendingCommands(KeyedStateStore store, ModelRegistry registry, String job) {
    this.state = store.getListState(COMMANDS);
    this.registry = registry;
    this.job = job;
  }

  /**
   * Keeps a command that was given after a later version than the newest here.
   *
   * @param newest the newest version's manifest, or null before the first
   * @return whether it is kept, to be {@linkplain #takenAsOf taken} later
   */
  boolean keep(ReleaseCommand command, ModelManifest newest) throws Exception {
    List<ReleaseCommand> kept = commands();
    if (!isAhead(command, newest) || kept.size() == MOST) {
      return false;
    }
    state.add(command);
    return true;
  }

  /** A version that no registry holds was made up, and will never come. */
  private boolean isAhead(ReleaseCommand command, ModelManifest newest) {
    boolean another = newest != null && !newest.identity().run().equals(command.run());
    boolean reached = newest != null && command.asOf() <= newest.identity().version();
    return command.asOf() > 0
        && !another
        && !reached
        && registry.contains(command.name(), command.run(), command.asOf())
        && !isOfWhatWasGivenUp(command, newest);
  }

  /**
   * Whether it was given as of a version that another job made, of which the run was set back, and
   * speaks of none that came after: a person means it now.
   */
  private boolean isOfWhatWasGivenUp(ReleaseCommand command, ModelManifest newest) {
    return newest != null
        && (command.version() == null || command.version() <= newest.identity().version())
        && asOf(command).filter(made -> made.isOfAnotherThan(job)).isPresent();
  }

  private Optional<ModelManifest> asOf(ReleaseCommand command) {
    try {
      return registry.find(command.name(), command.run(), command.asOf());
    } catch (RegistryException e) {
      if (e.isLost()) {
        // Damaged, it is still one that the job comes to again.
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Takes out, in the order in which they came, those that were given as of a version or before,
   * and those for another run: before a new run's first version they cannot be told.
   */
  List<ReleaseCommand> takenAsOf(ModelManifest.Identity newest) throws Exception {
    List<ReleaseCommand> kept = commands();
    List<ReleaseCommand> due =
        kept.stream()
            .filter(
                command ->
                    command.asOf() <= newest.version() || !command.run().equals(newest.run()))
            .toList();
    if (!due.isEmpty()) {
      kept.removeAll(due);
      state.update(kept);
    }
    return due;
  }

  private List<ReleaseCommand> commands() throws Exception {
    List<ReleaseCommand> commands = new ArrayList<>();
    state.get().forEach(commands::add);
    return commands;
  }
}
