package dev.quadstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that a command leaves: whole, or not at all. */
final class OutputFile {

  private OutputFile() {}

  /**
   * Returns if a file can be put there: better before an hour's work than after.
   *
   * @throws CommandException if not
   */
  static void requireWritable(Path file) {
    Path directory = directoryOf(file);
    if (Files.isDirectory(file) || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw CommandException.usage(
          "No file can be written at %s. Check that its directory exists and may be written to."
              .formatted(file));
    }
  }

  /** Puts the bytes there, over what was there before. */
  static void write(Path file, byte[] bytes) {
    try {
      Path temporary = Files.createTempFile(directoryOf(file), ".quadstream-", ".part");
      try {
        Files.write(temporary, bytes);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw CommandException.failed("%s cannot be written: %s".formatted(file, e), e);
    }
  }

  private static Path directoryOf(Path file) {
    return file.toAbsolutePath().normalize().getParent();
  }
}
