package dev.quadstream.cli;

import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicCheck;
import dev.quadstream.kafka.TopicsConsumer;
import dev.quadstream.serve.feed.FlinkProbe;
import dev.quadstream.serve.feed.KafkaProbe;
import dev.quadstream.serve.feed.RunTopics;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.serve.state.RunStatus;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** What the doctor finds of a run: the causes that the live page names, from the same sources. */
final class RunChecks {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long REPORTS = 1_000;
  private static final long DEAD_LETTERS = 1_000;

  private final PipelineSettings settings;
  private final KafkaCluster kafka;
  private final RunState state;

  RunChecks(PipelineSettings settings) {
    this.settings = settings;
    this.kafka = new KafkaCluster(settings);
    this.state = new RunState(settings.get(NetworkConfig.NAME));
  }

  /** Whether the broker has the topics, and they take what the job writes. */
  List<Finding> topics() {
    try (TopicAdmin admin = kafka.admin()) {
      admin.requireReachable();
      admin.describe(kafka.topics().all());
      List<Finding> findings = new ArrayList<>();
      for (TopicCheck.Finding finding : kafka.findings(admin)) {
        findings.add(
            finding.fatal()
                ? Finding.problem("topics", finding.message())
                : Finding.warning("topics", finding.message()));
      }
      return findings.isEmpty()
          ? List.of(Finding.ok("topics", "they take what the job writes"))
          : findings;
    } catch (KafkaUnreachableException | KafkaException | MissingTopicException e) {
      return List.of(Finding.problem("topics", e.getMessage()));
    }
  }

  /**
   * Whether the run is well, and where its records are.
   *
   * @param withKafka whether its topics are read
   * @param flink Flink's page, or null to leave it alone
   */
  List<Finding> run(boolean withKafka, URI flink) throws InterruptedException {
    if (withKafka) {
      readTopics();
    }
    boolean finished = false;
    if (flink != null) {
      FlinkProbe probe = new FlinkProbe(flink, settings.kafkaName(), state.health());
      probe.ask();
      finished = probe.hasFinished();
    }
    RunStatus status = state.status(System.currentTimeMillis(), state.shown(null));
    if (!withKafka) {
      if (finished) {
        return List.of(
            Finding.warning(
                "run", "Flink's newest job has finished: it was stopped, or its input has ended."));
      }
      // That no report has come is no news where none was looked for.
      return List.of(
          status.state().equals("degraded")
              ? Finding.problem("run", status.reason())
              : Finding.ok("run", "Flink runs the job"));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(health(status));
    if (status.progress().lag() != null) {
      findings.add(Finding.ok("waiting", status.progress().lag() + " records wait on images"));
    }
    if (status.ledger() != null) {
      findings.add(ledger(status.ledger()));
    }
    findings.add(deadLetters(status.deadLetters()));
    return findings;
  }

  private void readTopics() {
    RunTopics topics =
        new RunTopics(
            kafka.topics(),
            settings.get(NetworkConfig.NAME),
            state,
            new PublishedEmbeddings(0),
            Optional.empty());
    try {
      new KafkaProbe(
              kafka.connection(),
              settings.kafkaName(),
              kafka.topics().images(),
              settings.get(NetworkConfig.NAME),
              state.health())
          .ask();
      long end = System.nanoTime() + PATIENCE.toNanos();
      try (TopicsConsumer records =
          TopicsConsumer.recent(
              kafka.connection(),
              Map.of(kafka.topics().reports(), REPORTS, kafka.topics().deadLetters(), DEAD_LETTERS),
              Map.of())) {
        while (!records.hasCaughtUp() && System.nanoTime() < end) {
          records.poll(POLL).forEach(topics::take);
        }
      }
    } catch (KafkaUnreachableException | KafkaException | MissingTopicException e) {
      state.health().kafka(e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static Finding health(RunStatus status) {
    return switch (status.state()) {
      case "running" ->
          Finding.ok("run", "window %d is trained".formatted(status.position().window()));
      case "waiting" -> Finding.warning("run", status.reason());
      default -> Finding.problem("run", status.reason());
    };
  }

  private static Finding ledger(RunStatus.Ledger ledger) {
    String sum =
        "%d records read = %d images + %d removals + %d questions + %d dead letters + %d waiting"
            .formatted(
                ledger.read(),
                ledger.images(),
                ledger.removals(),
                ledger.questions(),
                ledger.deadLetters(),
                ledger.waiting());
    return ledger.unaccounted() == 0
        ? Finding.ok("ledger", sum)
        : Finding.problem("ledger", sum + " + %d unaccounted for".formatted(ledger.unaccounted()));
  }

  private static Finding deadLetters(RunStatus.DeadLetterCounts letters) {
    if (letters.total() == 0) {
      return Finding.ok("dead letters", "none");
    }
    RunStatus.ReasonCount most = letters.byReason().get(0);
    return Finding.warning(
        "dead letters",
        "of the last %d, %d are %s; 'quadstream dead-letters list' shows them"
            .formatted(letters.total(), most.count(), most.reason()));
  }
}
