package dev.quadstream.stream.launch;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.runtime.state.CheckpointMetadataOutputStream;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.util.function.ThrowingConsumer;

/** The place of one checkpoint, which says so when its metadata, written last, are whole. */
final class RememberedLocation implements CheckpointStorageLocation {

  private final CheckpointStorageLocation files;
  private final ThrowingConsumer<String, IOException> completed;

  /**
   * Adds nothing to the checkpoint.
   *
   * @param completed takes the path of the checkpoint
   */
  RememberedLocation(
      CheckpointStorageLocation files, ThrowingConsumer<String, IOException> completed) {
    this.files = files;
    this.completed = completed;
  }

  @Override
  public CheckpointMetadataOutputStream createMetadataOutputStream() throws IOException {
    return new Metadata(files.createMetadataOutputStream(), completed);
  }

  @Override
  public void disposeOnFailure() throws IOException {
    files.disposeOnFailure();
  }

  @Override
  public CheckpointStorageLocationReference getLocationReference() {
    return files.getLocationReference();
  }

  @Override
  public CheckpointStateOutputStream createCheckpointStateOutputStream(CheckpointedStateScope scope)
      throws IOException {
    return files.createCheckpointStateOutputStream(scope);
  }

  @Override
  public boolean canFastDuplicate(StreamStateHandle handle, CheckpointedStateScope scope)
      throws IOException {
    return files.canFastDuplicate(handle, scope);
  }

  @Override
  public List<StreamStateHandle> duplicate(
      List<StreamStateHandle> handles, CheckpointedStateScope scope) throws IOException {
    return files.duplicate(handles, scope);
  }

  @Override
  public void reusePreviousStateHandle(Collection<? extends StreamStateHandle> handles) {
    files.reusePreviousStateHandle(handles);
  }

  @Override
  public boolean couldReuseStateHandle(StreamStateHandle handle) {
    return files.couldReuseStateHandle(handle);
  }

  private static final class Metadata extends CheckpointMetadataOutputStream {

    private final CheckpointMetadataOutputStream file;
    private final ThrowingConsumer<String, IOException> completed;

    Metadata(CheckpointMetadataOutputStream file, ThrowingConsumer<String, IOException> completed) {
      this.file = file;
      this.completed = completed;
    }

    @Override
    public CompletedCheckpointStorageLocation closeAndFinalizeCheckpoint() throws IOException {
      CompletedCheckpointStorageLocation location = file.closeAndFinalizeCheckpoint();
      completed.accept(location.getExternalPointer());
      return location;
    }

    @Override
    public void write(int value) throws IOException {
      file.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      file.write(bytes, offset, length);
    }

    @Override
    public long getPos() throws IOException {
      return file.getPos();
    }

    @Override
    public void flush() throws IOException {
      file.flush();
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
