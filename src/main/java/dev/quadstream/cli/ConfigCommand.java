package dev.quadstream.cli;

import dev.quadstream.stream.options.ConfigurationDocs;
import dev.quadstream.stream.options.EffectiveValue;
import dev.quadstream.stream.options.LoadedConfiguration;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code config}: what is configured, and by whom. */
@Command(
    name = "config",
    footer = {"%nFor example:", "  quadstream config print"},
    description = "Shows the configuration.")
final class ConfigCommand {

  @Spec private CommandSpec spec;

  @Command(
      name = "print",
      footer = {"%nFor example:", "  quadstream config print --config quadstream.yaml"},
      description = "Prints each option's value and where it comes from, secrets left out.")
  int print(@Mixin ConfigurationArguments configuration) {
    LoadedConfiguration loaded = configuration.load();
    List<EffectiveValue> values = loaded.values();
    int keyWidth = values.stream().mapToInt(value -> value.key().length()).max().orElse(1);
    int valueWidth =
        Math.min(40, values.stream().mapToInt(value -> value.value().length()).max().orElse(1));
    PrintWriter out = spec.commandLine().getOut();
    for (EffectiveValue value : values) {
      out.printf(
          "%-" + keyWidth + "s = %-" + valueWidth + "s  # %s%n",
          value.key(),
          value.value(),
          value.origin());
    }
    // Last, so that the values can be seen that are wrong.
    loaded.settings();
    return ExitCode.OK;
  }

  @Command(
      name = "docs",
      footer = {"%nFor example:", "  quadstream config docs"},
      description = "Writes docs/configuration.md to standard output.")
  int docs() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ConfigurationDocs.markdown());
    out.flush();
    return ExitCode.OK;
  }
}
