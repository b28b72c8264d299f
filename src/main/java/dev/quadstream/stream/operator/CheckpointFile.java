package dev.quadstream.stream.operator;

import java.io.IOException;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStorageLocation;

/** The file of a checkpoint or savepoint that is written last, and is there as long as it is. */
final class CheckpointFile {

  /** Where state does not go to files. */
  private static final String UNKNOWN = "";

  private CheckpointFile() {}

  /** Its path, or nothing where that is not known. */
  static String of(CheckpointStreamFactory location) {
    return location instanceof FsCheckpointStorageLocation files
        ? files.getMetadataFilePath().toString()
        : UNKNOWN;
  }

  /** Whether it is there, or nobody can tell. */
  static boolean mayExist(String metadata) {
    if (metadata.equals(UNKNOWN)) {
      return true;
    }
    try {
      Path file = new Path(metadata);
      return file.getFileSystem().exists(file);
    } catch (IOException e) {
      return true;
    }
  }
}
