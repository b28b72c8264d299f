package dev.quadstream.stream.launch;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.CheckpointStorageFactory;

/** Makes the job's storage of checkpoints, by its name in Flink's configuration. */
public final class RememberedStorageFactory implements CheckpointStorageFactory<CheckpointStorage> {

  /** For Flink. */
  public RememberedStorageFactory() {}

  @Override
  public CheckpointStorage createFromConfig(ReadableConfig configuration, ClassLoader loader) {
    return RememberedStorage.of(configuration, loader);
  }
}
