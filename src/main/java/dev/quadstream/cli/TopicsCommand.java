package dev.quadstream.cli;

import dev.quadstream.kafka.TopicAdmin;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code topics}: the topics of the pipeline. */
@Command(
    name = "topics",
    footer = {"%nFor example:", "  quadstream topics create"},
    description = "Manages the topics.")
final class TopicsCommand {

  private static final Duration LEAST_RETENTION = Duration.ofMinutes(1);

  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      footer = {"%nFor example:", "  quadstream topics create --partitions 4"},
      description = "Creates those of the eight topics that are not there, with their settings.")
  int create(
      @Option(
              names = "--partitions",
              paramLabel = "N",
              defaultValue = "1",
              description =
                  "Partitions of each topic but models and releases, which have one. Default: ${DEFAULT-VALUE}.")
          int partitions,
      @Option(
              names = "--replication",
              paramLabel = "N",
              description =
                  "Copies of each partition. Default: the broker's default.replication.factor.")
          Short replication,
      @Option(
              names = "--dead-letter-retention",
              paramLabel = "DURATION",
              defaultValue = "30 d",
              description =
                  "How long a dead letter stays, such as '90 d'. Default: ${DEFAULT-VALUE}.")
          Duration deadLetterRetention,
      @Mixin ConfigurationArguments configuration) {
    if (partitions < 1) {
      throw CommandException.usage("--partitions is 1 or more, not %d.".formatted(partitions));
    }
    if (replication != null && replication < 1) {
      throw CommandException.usage("--replication is 1 or more, not %d.".formatted(replication));
    }
    if (deadLetterRetention.compareTo(LEAST_RETENTION) < 0) {
      throw CommandException.usage(
          "--dead-letter-retention is 1 min or more, not %s: Kafka would delete dead letters before anyone has read them. Set retention.ms=-1 on their topic to keep all."
              .formatted(TimeUtils.formatWithHighestUnit(deadLetterRetention)));
    }
    KafkaCluster kafka = new KafkaCluster(configuration.settings());
    PrintWriter out = spec.commandLine().getOut();
    try (TopicAdmin admin = kafka.admin()) {
      admin.requireReachable();
      Set<String> created =
          admin.create(
              kafka.topics(),
              partitions,
              replication == null ? TopicAdmin.BROKERS_REPLICATION : replication,
              deadLetterRetention);
      for (String topic : kafka.topics().all()) {
        out.println(topic + (created.contains(topic) ? ": created" : ": was there already"));
      }
      kafka.findings(admin).forEach(finding -> out.println(finding.message()));
    }
    return ExitCode.OK;
  }
}
