package dev.quadstream.cli;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code release}: which versions of the newest run are live, were before, or never will be. */
@Command(
    name = "release",
    footer = {"%nFor example:", "  quadstream release list"},
    description = "Shows what is released of the newest run of the network network.name.")
final class ReleaseCommands implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Give 'release list' or 'release show VERSION'.");
  }

  @Command(
      name = "list",
      footer = {"%nFor example:", "  quadstream release list"},
      description = {
        "Prints the published versions that the registry holds, the oldest first, and what became of each as of the newest."
      })
  int list(@Mixin ConfigurationArguments configuration) {
    List<ModelManifest> run = newestRun(configuration.settings());
    ReleaseDecision decision = decisionOf(run);
    PrintWriter out = spec.commandLine().getOut();
    for (ModelManifest model : run) {
      out.printf(
          Locale.ROOT,
          "v%d  %s  %,d bytes%s%n",
          model.identity().version(),
          Instant.ofEpochMilli(model.createdAt()),
          model.file().bytes(),
          standing(decision, model.identity().version()));
    }
    ModelManifest newest = run.get(run.size() - 1);
    out.printf(
        Locale.ROOT,
        "%s, run %s: v%d is live as of v%d (%s, policy %s)%n",
        newest.identity().name(),
        newest.identity().run(),
        decision.live(),
        newest.identity().version(),
        decision.verdict(),
        decision.policy());
    out.flush();
    return ExitCode.OK;
  }

  @Command(
      name = "show",
      footer = {"%nFor example:", "  quadstream release show 64"},
      description = {
        "Prints what is known of a version, after a look whether its file is the one that was published."
      })
  int show(
      @Parameters(paramLabel = "VERSION") long version,
      @Mixin ConfigurationArguments configuration) {
    PipelineSettings settings = configuration.settings();
    List<ModelManifest> run = newestRun(settings);
    ModelManifest model =
        run.stream()
            .filter(manifest -> manifest.identity().version() == version)
            .findFirst()
            .orElseThrow(
                () ->
                    CommandException.usage(
                        "Version %d of run %s is not in %s: it was never published, or is deleted. 'release list' names those that are there."
                            .formatted(
                                version,
                                run.get(0).identity().run(),
                                settings.registryDirectory())));
    try {
      new ModelRegistry(settings.registryDirectory()).load(model);
    } catch (RegistryException e) {
      throw CommandException.failed(e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "v%d of run %s%s%n%s, %,d bytes, sha256 %s: as published%n",
        version,
        model.identity().run(),
        standing(decisionOf(run), version),
        model.file().path(),
        model.file().bytes(),
        model.file().sha256());
    ReleaseDecision asOf = model.release();
    if (asOf != null) {
      out.printf(Locale.ROOT, "as of it v%d was live (%s)%n", asOf.live(), asOf.verdict());
      if (asOf.evidence() != null) {
        out.println(text(asOf.evidence()));
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private static List<ModelManifest> newestRun(PipelineSettings settings) {
    String name = settings.get(NetworkConfig.NAME);
    List<ModelManifest> all = new ModelRegistry(settings.registryDirectory()).list(name);
    if (all.isEmpty()) {
      throw CommandException.usage(
          "There is no model of network %s in %s.".formatted(name, settings.registryDirectory()));
    }
    String run = all.get(all.size() - 1).identity().run();
    return all.stream().filter(model -> model.identity().run().equals(run)).toList();
  }

  /** An earlier program served each version that it published. */
  private static ReleaseDecision decisionOf(List<ModelManifest> run) {
    ModelManifest newest = run.get(run.size() - 1);
    return newest.release() == null
        ? new ReleaseDecision(
            newest.identity().version(), null, "every", "released", false, List.of(), null)
        : newest.release();
  }

  private static String standing(ReleaseDecision decision, long version) {
    if (version == decision.live()) {
      return "  live";
    }
    if (decision.previous() != null && version == decision.previous()) {
      return "  live before";
    }
    if (decision.quarantined().contains(version)) {
      return "  quarantined";
    }
    return decision.evidence() != null && version == decision.evidence().candidate()
        ? "  on trial: " + text(decision.evidence())
        : "";
  }

  private static String text(ReleaseDecision.Evidence evidence) {
    return "v%d against v%d: %,d images tested, %,d found by it alone, %,d by v%d alone; of classes long known %,d, %,d, %,d; harm %.1f of 100"
        .formatted(
            evidence.candidate(),
            evidence.against(),
            evidence.all().tested(),
            evidence.all().gained(),
            evidence.all().lost(),
            evidence.against(),
            evidence.longKnown().tested(),
            evidence.longKnown().gained(),
            evidence.longKnown().lost(),
            evidence.harm());
  }
}
