package dev.quadstream.stream.launch;

import dev.quadstream.registry.RegistryException;
import java.io.IOException;
import org.apache.flink.runtime.checkpoint.filemerging.FileMergingSnapshotManager;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStateToolset;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStorageWorkerView;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;

/**
 * A job's places for checkpoints. The JobManager's side writes down where each that is completed
 * lies; the TaskManagers' side is Flink's as it is.
 */
final class RememberedStorageAccess implements CheckpointStorageAccess {

  private final CheckpointStorageAccess files;
  private final ProgressFile progress;
  private final String job;

  RememberedStorageAccess(CheckpointStorageAccess files, ProgressFile progress, String job) {
    this.files = files;
    this.progress = progress;
    this.job = job;
  }

  @Override
  public void initializeBaseLocationsForCheckpoint() throws IOException {
    files.initializeBaseLocationsForCheckpoint();
  }

  @Override
  public CheckpointStorageLocation initializeLocationForCheckpoint(long id) throws IOException {
    return new RememberedLocation(files.initializeLocationForCheckpoint(id), this::completed);
  }

  @Override
  public CheckpointStorageLocation initializeLocationForSavepoint(long id, String externalLocation)
      throws IOException {
    return new RememberedLocation(
        files.initializeLocationForSavepoint(id, externalLocation), this::completed);
  }

  /** A checkpoint that nobody would find again is none. */
  private void completed(String checkpoint) throws IOException {
    try {
      progress.completed(job, checkpoint);
    } catch (RegistryException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public boolean supportsHighlyAvailableStorage() {
    return files.supportsHighlyAvailableStorage();
  }

  @Override
  public boolean hasDefaultSavepointLocation() {
    return files.hasDefaultSavepointLocation();
  }

  @Override
  public CompletedCheckpointStorageLocation resolveCheckpoint(String pointer) throws IOException {
    return files.resolveCheckpoint(pointer);
  }

  @Override
  public CheckpointStreamFactory resolveCheckpointStorageLocation(
      long id, CheckpointStorageLocationReference reference) throws IOException {
    return files.resolveCheckpointStorageLocation(id, reference);
  }

  @Override
  public CheckpointStateOutputStream createTaskOwnedStateStream() throws IOException {
    return files.createTaskOwnedStateStream();
  }

  @Override
  public CheckpointStateToolset createTaskOwnedCheckpointStateToolset() {
    return files.createTaskOwnedCheckpointStateToolset();
  }

  @Override
  public CheckpointStorageWorkerView toFileMergingStorage(
      FileMergingSnapshotManager manager, Environment environment) throws IOException {
    return files.toFileMergingStorage(manager, environment);
  }
}
