package dev.quadstream.cli;

import dev.quadstream.json.JsonMessages;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The file that a command's figures go to, where one is asked for. */
public final class ReportArgument {

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes the figures to this file as JSON.")
  private Path file;

  /**
   * Before the work: hours of it must not end at a place that cannot be written to.
   *
   * @throws CommandException if it is one
   */
  public void requireWritable() {
    if (file != null) {
      OutputFile.requireWritable(file);
    }
  }

  /**
   * Writes figures as JSON, over those that are there.
   *
   * @throws CommandException if that cannot be done
   */
  public void write(Object figures) {
    if (file != null) {
      OutputFile.write(file, JsonMessages.writeIndented(figures));
    }
  }
}
