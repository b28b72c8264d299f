package dev.quadstream.stream.operator;

import java.io.File;
import org.apache.flink.core.fs.Path;

/** The room that a local or mounted directory has left. */
final class FreeSpace {

  /** Where a file system does not tell, such as an object store's. */
  static final long UNKNOWN = -1;

  private FreeSpace() {}

  /**
   * Bytes that can still be written.
   *
   * @param directory that is there
   * @return {@link #UNKNOWN} for other file systems than the machine's
   */
  static long bytes(Path directory) {
    String scheme = directory.toUri().getScheme();
    return scheme == null || scheme.equals("file")
        ? new File(directory.getPath()).getUsableSpace()
        : UNKNOWN;
  }
}
