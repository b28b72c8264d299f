package dev.quadstream.stream.startup;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories that native libraries are unpacked to, and must be loaded from. */
public final class ExecutableDirectory {

  private static final String DENIED = "Permission denied";

  private ExecutableDirectory() {}

  /**
   * Returns if code may run from where Java keeps temporary files: not where a file system is
   * mounted noexec. Kafka's codecs (zstd, snappy, lz4) are unpacked there, and fail with an
   * UnsatisfiedLinkError at the first compressed record.
   *
   * @param directory of temporary files
   * @throws StartRefusedException naming the directory, also where it cannot be written
   */
  public static void require(Path directory) {
    if (!isExecutable(directory)) {
      throw new StartRefusedException(
          "The temporary directory %s allows no execution (mounted noexec), and the natives of Kafka's codecs are loaded from there: mount it with exec, or give another one with -Djava.io.tmpdir."
              .formatted(directory));
    }
  }

  private static boolean isExecutable(Path directory) {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return true;
    }
    try {
      Path program =
          Files.createTempFile(
              directory,
              "quadstream",
              ".sh",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        Files.writeString(program, "#!/bin/sh\n");
        return starts(program);
      } finally {
        Files.deleteIfExists(program);
      }
    } catch (IOException e) {
      throw StartRefusedException.passing(
          "The temporary directory %s cannot be written (%s): correct its permissions or make room, or give another one with -Djava.io.tmpdir."
              .formatted(directory, e),
          e);
    }
  }

  private static boolean starts(Path program) {
    try {
      new ProcessBuilder(program.toString()).start().waitFor();
      return true;
    } catch (IOException e) {
      // Other reasons, such as a system without a shell, say nothing of the directory.
      return !String.valueOf(e.getMessage()).contains(DENIED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
