package dev.quadstream.cli;

import dev.quadstream.experiment.PipelineOptions;
import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.LoadedConfiguration;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.TaskManagerChecks;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** The pipeline's options as experiments take them: from flags alone, so that they can be told. */
final class ExperimentOptions {

  /** Of what an experiment has none, as Kafka: a shell may have them for other commands. */
  private static final Pattern OF_JOBS =
      Pattern.compile("QUADSTREAM_(KAFKA|REGISTRY|CHECKPOINT|FLINK)_");

  private ExperimentOptions() {}

  /** Reads options by key; see {@link PipelineOptions.Reader}. */
  static PipelineOptions read(Map<String, String> values) {
    return of(
        settings(
            values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .toList()));
  }

  static PipelineOptions of(PipelineSettings settings) {
    TaskManagerChecks.requirePrecision(settings);
    return new PipelineOptions(settings.loop(), settings::imageDecoder, settings.contentDecoder());
  }

  /**
   * Returns if experiments heed all of the options: they begin with the network of their seed.
   *
   * @throws CommandException if a model to start from is among them
   */
  static void refuseStart(Map<String, String> options) {
    String start = options.get(NetworkConfig.START_FROM.key());
    if (start != null && !start.isEmpty()) {
      throw CommandException.usage(
          "%s=%s would be passed over: experiments begin with the untrained network of their seed. Leave it out; 'train --from-model' starts from a model."
              .formatted(NetworkConfig.START_FROM.key(), start));
    }
  }

  /**
   * Returns if no variable of the environment sets an option, right or misspelt.
   *
   * @throws CommandException naming those that do
   */
  static void refuseVariables(CommandSpec command) {
    Quadstream root = (Quadstream) command.root().userObject();
    List<String> variables =
        new ConfigurationLoader(root.environment())
            .variables().stream().filter(name -> !OF_JOBS.matcher(name).lookingAt()).toList();
    if (!variables.isEmpty()) {
      throw CommandException.usage(
          "%s in the environment would be passed over: experiments take options from the command line alone, so that it tells all of them. Unset it, and give what is meant for them as --set KEY=VALUE."
              .formatted(String.join(", ", variables)));
    }
  }

  /** Reads {@code key=value}; of two for one key the later wins. */
  static PipelineSettings settings(List<String> flags) {
    return load(flags).settings();
  }

  /** Whether a backbone is among them, which may be too few to be checked. */
  static boolean nameBackbone(List<String> flags) {
    return !load(flags).get(NetworkConfig.BACKBONE).isEmpty();
  }

  private static LoadedConfiguration load(List<String> flags) {
    return new ConfigurationLoader(Map.of()).load(null, flags);
  }
}
