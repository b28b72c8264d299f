package dev.quadstream.stream.launch;

import dev.quadstream.registry.RegistryException;
import java.io.IOException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.checkpoint.CheckpointCoordinator;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.ConfigurableCheckpointStorage;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;

/**
 * Flink's own storage of checkpoints in files, which also remembers where the newest checkpoint or
 * savepoint of the pipeline is.
 *
 * <p>Flink alone sees every savepoint, whoever asks for it and wherever it goes, and removes the
 * checkpoints of a job that was stopped with one.
 */
final class RememberedStorage implements ConfigurableCheckpointStorage {

  /** The pipeline's name, for the JobManager. */
  static final ConfigOption<String> PIPELINE =
      ConfigOptions.key("quadstream.pipeline").stringType().noDefaultValue();

  private static final long serialVersionUID = 1L;
  private static final StackWalker CALLER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final FileSystemCheckpointStorage files;
  private final String pipeline;
  private final String startedFrom;

  private RememberedStorage(
      FileSystemCheckpointStorage files, String pipeline, String startedFrom) {
    this.files = files;
    this.pipeline = pipeline;
    this.startedFrom = startedFrom;
  }

  static RememberedStorage of(ReadableConfig configuration, ClassLoader loader) {
    return new RememberedStorage(
        FileSystemCheckpointStorage.createFromConfig(configuration, loader),
        configuration.get(PIPELINE),
        configuration.get(StateRecoveryOptions.SAVEPOINT_PATH));
  }

  @Override
  public CheckpointStorage configure(ReadableConfig configuration, ClassLoader loader) {
    String from = configuration.get(StateRecoveryOptions.SAVEPOINT_PATH);
    return new RememberedStorage(
        files.configure(configuration, loader), pipeline, from == null ? startedFrom : from);
  }

  @Override
  public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer) throws IOException {
    return files.resolveCheckpoint(pointer);
  }

  /**
   * Notes that the job begins where the JobManager asks, as each task does, too. Flink has the
   * places made ready at the start only where a checkpoint interval is set.
   */
  @Override
  public CheckpointStorageAccess createCheckpointStorage(JobID job) throws IOException {
    Class<?> caller = CALLER.getCallerClass();
    CheckpointStorageAccess places = files.createCheckpointStorage(job);
    ProgressFile progress = new ProgressFile(files.getCheckpointPath(), pipeline);
    if (caller == CheckpointCoordinator.class) {
      begin(progress, job.toHexString());
    }
    return new RememberedStorageAccess(places, progress, job.toHexString());
  }

  private void begin(ProgressFile progress, String job) throws IOException {
    try {
      progress.begin(job, startedFrom);
    } catch (RegistryException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
