package dev.quadstream.cli;

import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.LoadedConfiguration;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags that configure a command. */
final class ConfigurationArguments {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file with options; see 'quadstream config print'.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one option, over environment and file. May be repeated.")
  private List<String> flags = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** All options with their origins. */
  LoadedConfiguration load() {
    Quadstream root = (Quadstream) command.root().userObject();
    return new ConfigurationLoader(root.environment()).load(file, flags);
  }

  /** The options, checked. */
  PipelineSettings settings() {
    return load().settings();
  }

  /** The options with those of another flag over them, checked. */
  PipelineSettings settings(BackboneArgument backbone) {
    flags.addAll(backbone.flags());
    return settings();
  }
}
