package dev.quadstream.cli;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.flink.core.fs.FileStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code registry}: the model files. */
@Command(
    name = "registry",
    footer = {"%nFor example:", "  quadstream registry prune --keep 50 --dry-run"},
    description = "Manages the registry's model files.",
    subcommands = CompatibilityCommand.class)
final class RegistryCommand {

  @Spec private CommandSpec spec;

  @Command(
      name = "prune",
      footer = {"%nFor example:", "  quadstream registry prune --keep 50 --dry-run"},
      description = {
        "Deletes the oldest models of each run of the network network.name, what replicas brought to merges before those that stay, what killed writers left, and nothing else.",
        "A running job does so by itself; this is for runs that are over."
      })
  int prune(
      @Option(
              names = "--keep",
              required = true,
              paramLabel = "K",
              description =
                  "How many of each run stay. A savepoint goes on only while the models are there that its windows are mined with.")
          int keep,
      @Option(
              names = "--runs",
              paramLabel = "R",
              description = "Of older runs than the newest R none stays. Default: some of each.")
          Integer runs,
      @Option(names = "--dry-run", description = "Only says what would be deleted.") boolean dryRun,
      @Mixin ConfigurationArguments configuration) {
    PipelineSettings settings = configuration.settings();
    long needed = settings.modelsOnTheirWay();
    if (keep < needed) {
      throw CommandException.usage(
          "--keep is %d or more, not %d: with mining.staleness %d and publish.every %d a job still mines with the model before the last %d."
              .formatted(
                  needed,
                  keep,
                  settings.get(MiningConfig.STALENESS),
                  settings.get(JobConfig.PUBLISH_EVERY),
                  needed - 1));
    }
    if (runs != null && runs < 1) {
      throw CommandException.usage("--runs is 1 or more, not %d.".formatted(runs));
    }
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    String name = settings.get(NetworkConfig.NAME);
    int kept = runs == null ? Integer.MAX_VALUE : runs;
    List<FileStatus> contributions = registry.surplusContributions(name, keep, kept);
    List<FileStatus> leftovers = registry.leftovers(name, keep, kept);
    List<ModelManifest> surplus = registry.surplus(name, keep, kept);
    if (!dryRun) {
      contributions.forEach(registry::delete);
      leftovers.forEach(registry::delete);
      surplus.forEach(model -> registry.delete(model.file().path()));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d models, %,d bytes, %s in %s%n",
        surplus.size(),
        surplus.stream().mapToLong(model -> model.file().bytes()).sum(),
        dryRun ? "would be deleted" : "deleted",
        settings.registryDirectory());
    printAlso(out, "what replicas brought to merges", contributions);
    printAlso(out, "models that no manifest names", leftovers);
    return ExitCode.OK;
  }

  private static void printAlso(PrintWriter out, String what, List<FileStatus> files) {
    if (!files.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "and of %s %,d files, %,d bytes%n",
          what,
          files.size(),
          files.stream().mapToLong(FileStatus::getLen).sum());
    }
  }
}
