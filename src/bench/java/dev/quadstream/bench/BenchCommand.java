package dev.quadstream.bench;

import dev.quadstream.cli.CommandException;
import dev.quadstream.cli.ReportArgument;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code quadstream bench}. */
@Command(
    name = "quadstream bench",
    description =
        "Measures Quadstream on this machine, side by side with PyTorch where that does the same work.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class BenchCommand implements Callable<Integer> {

  @Option(names = "--quick", description = "A rough answer, in minutes.")
  private boolean quick;

  @Mixin private ReportArgument report;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description =
          "Measure only these parts: ${COMPLETION-CANDIDATES}. Without it, all; with --quick, the"
              + " first five.")
  private Set<BenchPart> only;

  /** Runs the benchmark and ends the process with an exit code. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new BenchCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                  command.getErr().println(failure.getMessage());
                  return failure instanceof CommandException wrong ? wrong.exitCode() : 1;
                })
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    report.requireWritable();
    requirePlatformOfPyTorch();
    MachineFacts machine = MachineFacts.read();
    System.out.println(machine.text());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("quick", quick);
    json.put("machine", machine);
    try (Bench bench = new Bench(machine.threads(), quick, System.out)) {
      for (BenchPart part : parts()) {
        long start = System.nanoTime();
        part.measurement().measure(bench, json);
        // What is measured is not lost with a part that fails after it.
        report.write(json);
        System.out.printf("(%s: %d s)%n", part, (System.nanoTime() - start) / 1_000_000_000);
      }
    }
    return 0;
  }

  private Set<BenchPart> parts() {
    if (only != null) {
      return only;
    }
    return quick ? BenchPart.CHIEF : EnumSet.allOf(BenchPart.class);
  }

  private static void requirePlatformOfPyTorch() {
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    if (!system.equals("Linux") || !architecture.equals("amd64")) {
      throw new BenchException(
          "The benchmark has PyTorch's natives for Linux on amd64, not for %s on %s."
              .formatted(system, architecture));
    }
  }
}
