package dev.quadstream.cli;

import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The file that a command's figures go to, where one is asked for. */
final class ReportArgument {

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes the figures to this file as JSON.")
  private Path file;

  /** Before the work: hours of it must not end at a directory that is not there. */
  void requireWritable() {
    if (file == null) {
      return;
    }
    Path directory = file.toAbsolutePath().getParent();
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      // What is wrong with the place is said just below.
    }
    OutputFile.requireWritable(file);
  }

  /** Writes figures as JSON. */
  void write(Object figures) {
    if (file != null) {
      OutputFile.write(file, JsonMessages.writeIndented(figures));
    }
  }
}
