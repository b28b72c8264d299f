package dev.quadstream.cli;

import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tail}: what the job writes. */
@Command(
    name = "tail",
    footer = {"%nFor example:", "  quadstream tail reports --limit 10"},
    description = "Prints what comes on an output topic, until Ctrl-C or --limit.")
final class TailCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(500);

  /** An output topic, by the name that people type. */
  enum Output {
    EMBEDDINGS,
    REPORTS,
    MODELS,
    RELEASES,
    MATCHES,
    DEAD_LETTERS;

    String in(Topics topics) {
      return switch (this) {
        case EMBEDDINGS -> topics.embeddings();
        case REPORTS -> topics.reports();
        case MODELS -> topics.models();
        case RELEASES -> topics.releases();
        case MATCHES -> topics.matches();
        case DEAD_LETTERS -> topics.deadLetters();
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Parameters(paramLabel = "TOPIC", description = "${COMPLETION-CANDIDATES}")
  private Output output;

  @Option(names = "--from-beginning", description = "Starts with the oldest record there is.")
  private boolean fromBeginning;

  @Option(names = "--limit", paramLabel = "N", description = "Ends after so many records.")
  private Long limit;

  @Option(names = "--json", description = "Prints one JSON object a line.")
  private boolean json;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Interruption.onSignals(Thread.currentThread());
    if (limit != null && limit < 1) {
      throw CommandException.usage("--limit is 1 or more, not %d.".formatted(limit));
    }
    KafkaCluster kafka = new KafkaCluster(configuration.settings());
    TopicReader.Start start = fromBeginning ? TopicReader.Start.BEGINNING : TopicReader.Start.END;
    PrintWriter out = spec.commandLine().getOut();
    long most = limit == null ? Long.MAX_VALUE : limit;
    RecordText text = json ? new JsonText() : new PlainText();
    try (TopicReader reader = kafka.reader(output.in(kafka.topics()), start)) {
      long printed = 0;
      // An error on the output is a reader that went away, as in `tail reports | head`.
      while (printed < most && !out.checkError()) {
        Optional<ConsumerRecord<byte[], byte[]>> message = reader.next(POLL);
        if (message.isPresent()) {
          out.println(text.of(output, message.get()));
          printed++;
        }
        if (Thread.interrupted()) {
          return ExitCode.INTERRUPTED;
        }
      }
    }
    return ExitCode.OK;
  }
}
