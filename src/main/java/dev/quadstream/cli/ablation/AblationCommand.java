package dev.quadstream.cli.ablation;

import dev.quadstream.kafka.JsonMessages;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadstream ablation}. */
@Command(
    name = "ablation",
    description =
        "Trains the triplet and quadruplet losses side by side on the icons, and measures what each part is worth.")
public final class AblationCommand implements Callable<Integer> {

  private static final AblationSize FULL = new AblationSize(40_000, 5, 100);
  private static final Path DEFAULT_DOCS = Path.of("docs");

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Images streamed to each network (default: 40000, with --quick 3000).")
  private Integer images;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs of each row, with seeds 1 to N (default: 5, with --quick 2).")
  private Integer seeds;

  @Option(
      names = "--quick",
      description = "A few minutes instead of hours: directions rather than figures.")
  private boolean quick;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the results to this file as JSON.")
  private Path report;

  @Option(
      names = "--docs",
      paramLabel = "DIR",
      description =
          "Write ablation.md and ablation.json into this directory (default: docs; with --quick nowhere).")
  private Path docs;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintStream out = System.out;
    PrintStream progress = System.err;
    AblationSize size = size();
    Path directory = docs == null && !quick ? DEFAULT_DOCS : docs;
    // Hours of work must not end at a directory that is not there.
    if (report != null) {
      Files.createDirectories(report.toAbsolutePath().getParent());
    }
    if (directory != null) {
      Files.createDirectories(directory);
    }
    AblationReport results = new Ablation(size, Variant.all(), progress::println).run();
    out.print(AblationTable.of(results));
    if (report != null) {
      Files.write(report, JsonMessages.writeIndented(results));
    }
    if (directory != null) {
      AblationPage.write(directory, commandLine(results), results);
      progress.printf("Wrote %s.%n", directory.resolve(AblationPage.MARKDOWN));
    }
    return 0;
  }

  private AblationSize size() {
    AblationSize size = quick ? AblationSize.QUICK : FULL;
    try {
      return new AblationSize(
          images == null ? size.images() : images,
          seeds == null ? size.seeds() : seeds,
          size.warmUpWindows());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private String commandLine(AblationReport results) {
    return "bin/quadstream ablation %s--images %d --seeds %d"
        .formatted(quick ? "--quick " : "", results.images(), results.seeds());
  }
}
