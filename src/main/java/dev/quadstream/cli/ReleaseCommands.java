package dev.quadstream.cli;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code release}: which versions of the newest run are live, were before, or never will be, and
 * commands that move what is live.
 */
@Command(
    name = "release",
    footer = {"%nFor example:", "  quadstream release list"},
    description = {
      "Shows what is released of the newest run of the network network.name, and moves what is live."
    })
final class ReleaseCommands {

  @Spec private CommandSpec spec;

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
          run.stream().anyMatch(model::isGivenUpBy)
              ? "  given up"
              : standing(decision, model.identity().version()));
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
    return ExitCode.OK;
  }

  @Command(
      name = "pin",
      footer = {"%nFor example:", "  quadstream release pin 64"},
      description = "Makes a version live and keeps it so, whatever is published, until 'unpin'.")
  int pin(
      @Parameters(paramLabel = "VERSION") long version,
      @Mixin ConfigurationArguments configuration) {
    return send(configuration.settings(), ReleaseCommand.Action.PIN, version);
  }

  @Command(
      name = "unpin",
      footer = {"%nFor example:", "  quadstream release unpin"},
      description = "Ends 'pin', 'rollback' and 'hold': release.policy decides again.")
  int unpin(@Mixin ConfigurationArguments configuration) {
    return send(configuration.settings(), ReleaseCommand.Action.UNPIN, null);
  }

  @Command(
      name = "rollback",
      footer = {
        "%nFor example:",
        "  quadstream release rollback",
        "  quadstream release rollback 64"
      },
      description = {
        "Makes the version that was live before, or VERSION, live again and keeps it so until 'unpin'.",
        "The version that is live now is quarantined."
      })
  int rollback(
      @Parameters(paramLabel = "VERSION", arity = "0..1") Long version,
      @Mixin ConfigurationArguments configuration) {
    PipelineSettings settings = configuration.settings();
    Long target = version == null ? liveBefore(settings) : version;
    if (target == null) {
      throw CommandException.usage(
          "No version is known that was live before: 'release list' names those that can be given.");
    }
    return send(settings, ReleaseCommand.Action.ROLLBACK, target);
  }

  /** A command moves the pointer before the next manifest tells of it. */
  private static Long liveBefore(PipelineSettings settings) {
    List<ModelManifest> run = newestRun(settings);
    ReleaseDecision published = decisionOf(run);
    try (ReleasePointer pointer =
        new ReleasePointer(settings.get(NetworkConfig.NAME), new KafkaCluster(settings))) {
      return pointer
          .now()
          .filter(now -> now.identity().run().equals(run.get(0).identity().run()))
          .map(Release::decision)
          .filter(decision -> decision.commands() > published.commands())
          .orElse(published)
          .previous();
    }
  }

  @Command(
      name = "hold",
      footer = {"%nFor example:", "  quadstream release hold"},
      description = "Keeps what is live, whatever is published, until 'unpin'.")
  int hold(@Mixin ConfigurationArguments configuration) {
    return send(configuration.settings(), ReleaseCommand.Action.HOLD, null);
  }

  @Command(
      name = "quarantine",
      footer = {"%nFor example:", "  quadstream release quarantine 96"},
      description = "Never releases a version; where it is live, the one before it is again.")
  int quarantine(
      @Parameters(paramLabel = "VERSION") long version,
      @Mixin ConfigurationArguments configuration) {
    return send(configuration.settings(), ReleaseCommand.Action.QUARANTINE, version);
  }

  private int send(PipelineSettings settings, ReleaseCommand.Action action, Long version) {
    List<ModelManifest> run = newestRun(settings);
    ModelManifest.Identity newest = run.get(run.size() - 1).identity();
    ModelManifest named = version == null ? null : checked(settings, run, version);
    if (named != null && run.stream().anyMatch(named::isGivenUpBy)) {
      throw CommandException.usage(
          "Version %d was given up as the run was set back to an older state, and the job has not come to it again: 'release list' names those that can be given."
              .formatted(version));
    }
    KafkaCluster kafka = new KafkaCluster(settings);
    try (TopicAdmin admin = kafka.admin()) {
      admin.describe(List.of(kafka.topics().releases()));
    }
    ReleaseCommand command =
        new ReleaseCommand(
            UUID.randomUUID().toString(),
            newest.name(),
            newest.run(),
            action,
            version,
            named == null ? null : named.file().sha256(),
            System.currentTimeMillis(),
            newest.version());
    try (KafkaImageProducer producer = kafka.producer(kafka.topics().releases())) {
      producer.send(command.key(), JsonMessages.write(command));
      producer.flush();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s%s of run %s is sent to %s. The job carries it out at once, or as soon as it runs; 'tail releases' shows where the pointer is.%n",
        action.name().toLowerCase(Locale.ROOT),
        version == null ? "" : " v" + version,
        newest.run(),
        kafka.topics().releases());
    if (action == ReleaseCommand.Action.PIN || action == ReleaseCommand.Action.ROLLBACK) {
      out.printf(
          Locale.ROOT,
          "Consumers: answer from the index of release %d, with queries embedded by the file that the pointer names; 'quadstream reindex' embeds under it what has none of its vectors.%n",
          version);
    }
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
    ModelManifest model = checked(settings, run, version);
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
    return ExitCode.OK;
  }

  /** A version of the run whose file is the one that was published. */
  private static ModelManifest checked(
      PipelineSettings settings, List<ModelManifest> run, long version) {
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
      new ModelRegistry(settings.registryDirectory()).load(model, (file, bytes) -> null);
    } catch (RegistryException e) {
      throw CommandException.failed(e.getMessage(), e);
    }
    return model;
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
    return "v%d against v%d: %,d images tested, %,d found by it alone, %,d by v%d alone; of classes long known %,d, %,d, %,d; harm %.1f of 400"
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
