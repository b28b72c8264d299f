package dev.quadstream.cli;

import dev.quadstream.cli.TailCommand.Output;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.RecordLookup;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.WrittenDeadLetter;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead-letters}: the records that could not be used, and their way back. */
@Command(
    name = "dead-letters",
    footer = {"%nFor example:", "  quadstream dead-letters list"},
    description = "Lists the dead letters, or sends them again once their reason is mended.")
final class DeadLettersCommand {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Which of them. */
  static final class Choice {

    @Option(
        names = "--reason",
        paramLabel = "CODE",
        required = true,
        split = ",",
        description = "Those with this reason, such as missing-label, or with one of several.")
    private List<String> reasons = List.of();

    @Option(names = "--all", required = true, description = "Those of every reason.")
    private boolean all;

    boolean includes(String reason) {
      return all || named().anyMatch(reason::equals);
    }

    /** Rather than nothing done in silence over a misspelt one. */
    void requireEach(Set<String> held) {
      List<String> missing = named().filter(reason -> !held.contains(reason)).toList();
      if (!missing.isEmpty()) {
        throw CommandException.failed(
            "No dead letter has the reason '%s'. %s"
                .formatted(
                    String.join("', '", missing),
                    held.isEmpty()
                        ? "The topic holds none at all."
                        : "The topic holds some of %s.".formatted(String.join(", ", held))),
            null);
      }
    }

    private Stream<String> named() {
      return reasons.stream().map(String::strip);
    }
  }

  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      footer = {"%nFor example:", "  quadstream dead-letters list --reason image-corrupt"},
      description = {
        "Prints the dead letters that the topic holds now, and how many there are of each reason.",
        "'quadstream tail dead-letters' prints those that come."
      })
  int list(
      @ArgGroup(exclusive = true, multiplicity = "0..1") Choice choice,
      @Option(names = "--json", description = "Prints one JSON object a line, and no sum.")
          boolean json,
      @Mixin ConfigurationArguments configuration) {
    KafkaCluster kafka = new KafkaCluster(configuration.settings());
    PrintWriter out = spec.commandLine().getOut();
    RecordText text = json ? new JsonText() : new PlainText();
    Map<String, Long> counts = new TreeMap<>();
    Set<String> held = new TreeSet<>();
    try (TopicReader reader =
        kafka.reader(kafka.topics().deadLetters(), TopicReader.Start.BEGINNING)) {
      reader.forEachToEnd(
          TIMEOUT,
          message -> {
            String reason = Headers.of(message, HeaderNames.ERROR_CLASS);
            held.add(reason);
            if (choice == null || choice.includes(reason)) {
              out.println(text.of(Output.DEAD_LETTERS, message));
              counts.merge(reason, 1L, Long::sum);
            }
            // An error on the output is a reader that went away, as in `list | head`.
            return !out.checkError();
          });
      reportUnread(reader);
    }
    if (!json) {
      out.println(sum(counts) + " dead letters");
      print(counts, out);
    }
    if (choice != null && !out.checkError()) {
      choice.requireEach(held);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "replay",
      footer = {
        "%nFor example:",
        "  quadstream dead-letters replay --reason missing-label --dry-run"
      },
      description = {
        "Sends dead letters to the topics that they came from again, images or labels, as they first"
            + " came, with their time in the header captured-at; those that were late come as of now. What was sent again or removed since is passed over, so that a second replay sends nothing twice that has an id; for that images and labels are read once."
            + " They stay on their own topic until its retention ends.",
        "One that was shortened is read from where it came from, if it is still there."
      })
  int replay(
      @ArgGroup(exclusive = true, multiplicity = "1") Choice choice,
      @Option(names = "--dry-run", description = "Counts them and sends nothing.") boolean dryRun,
      @Mixin ConfigurationArguments configuration) {
    PipelineSettings settings = configuration.settings();
    KafkaCluster kafka = new KafkaCluster(settings);
    LatestRecords latest = new LatestRecords(settings.parser(), kafka.topics().labels());
    Map<String, Long> sent = new TreeMap<>();
    Map<String, Long> sentLabels = new TreeMap<>();
    Map<String, Long> replaced = new TreeMap<>();
    Map<String, Long> lost = new TreeMap<>();
    Set<String> held = new TreeSet<>();
    TooLargeRecords tooLarge = new TooLargeRecords();
    AtomicBoolean interrupted = Interruption.onSignals();
    try (TopicReader reader =
            kafka.reader(kafka.topics().deadLetters(), TopicReader.Start.BEGINNING);
        RecordLookup originals = kafka.lookup();
        KafkaImageProducer images = kafka.producer(kafka.topics().images());
        KafkaImageProducer labels = kafka.producer(kafka.topics().labels())) {
      try {
        try {
          askAbout(choice, latest, kafka, originals, interrupted::get);
          latest.read(kafka, interrupted::get);
          reader.forEachToEnd(
              TIMEOUT,
              message -> {
                if (interrupted.get()) {
                  return false;
                }
                Optional<WrittenDeadLetter> letter = WrittenDeadLetter.read(message);
                String reason = letter.map(read -> read.letter().errorClass()).orElse("unreadable");
                held.add(reason);
                if (choice.includes(reason)) {
                  Optional<SourceRecord> original =
                      letter.flatMap(read -> originalOf(read, originals));
                  if (original.filter(record -> !latest.knows(record)).isPresent()) {
                    // It came after the topics had been read, and is for the next replay.
                    return true;
                  }
                  boolean isReplaced = original.filter(latest::isReplaced).isPresent();
                  boolean isLabel = original.filter(latest::isLabel).isPresent();
                  KafkaImageProducer producer = isLabel ? labels : images;
                  (original.isEmpty() ? lost : isReplaced ? replaced : isLabel ? sentLabels : sent)
                      .merge(reason, 1L, Long::sum);
                  original
                      .filter(record -> !dryRun && !isReplaced)
                      .map(record -> letter.orElseThrow().again(record))
                      .ifPresent(record -> tooLarge.passOver(() -> producer.resend(record)));
                }
                return true;
              });
        } finally {
          flush(tooLarge, images, labels);
        }
      } finally {
        reportUnread(reader);
        report(kafka.topics().images(), sent, images, dryRun);
        if (!sentLabels.isEmpty()) {
          report(kafka.topics().labels(), sentLabels, labels, dryRun);
        }
        reportReplaced(replaced);
        reportLost(lost);
      }
    }
    tooLarge.throwIfAny("of these");
    if (interrupted.get()) {
      return ExitCode.INTERRUPTED;
    }
    choice.requireEach(held);
    return ExitCode.OK;
  }

  /** Both, so that one that fails leaves none of the other's uncounted. */
  private static void flush(
      TooLargeRecords tooLarge, KafkaImageProducer images, KafkaImageProducer labels) {
    try {
      tooLarge.passOver(images::flush);
    } finally {
      tooLarge.passOver(labels::flush);
    }
  }

  private static Optional<SourceRecord> originalOf(
      WrittenDeadLetter letter, RecordLookup originals) {
    SourceRecord source = letter.letter().source();
    if (letter.letter().errorClass().equals(DeadLetter.OFFSETS_GONE)) {
      // It never was a record, and its place may be that of another by now.
      return Optional.empty();
    }
    if (!letter.shortened()) {
      return Optional.of(source);
    }
    Optional<ConsumerRecord<byte[], byte[]>> original =
        originals.find(source.topic(), source.partition(), source.offset(), TIMEOUT);
    return original.map(SourceRecord::of).filter(letter::isOf);
  }

  private static void askAbout(
      Choice choice,
      LatestRecords latest,
      KafkaCluster kafka,
      RecordLookup originals,
      BooleanSupplier stopped) {
    try (TopicReader reader =
        kafka.reader(kafka.topics().deadLetters(), TopicReader.Start.BEGINNING)) {
      reader.forEachToEnd(
          TIMEOUT,
          message -> {
            WrittenDeadLetter.read(message)
                .filter(letter -> choice.includes(letter.letter().errorClass()))
                .flatMap(letter -> originalOf(letter, originals))
                .ifPresent(latest::ask);
            return !stopped.getAsBoolean();
          });
    }
  }

  /** Where no broker answers any more, what it has not acknowledged counts as failed. */
  private void report(
      String topic, Map<String, Long> sent, KafkaImageProducer producer, boolean dryRun) {
    PrintWriter out = spec.commandLine().getOut();
    long failed = dryRun ? 0 : sum(sent) - producer.acknowledged();
    out.printf(
        "%d dead letters %s to %s%s%n",
        sum(sent),
        dryRun ? "would go" : "sent",
        topic,
        failed > 0 ? ", %d failed".formatted(failed) : "");
    print(sent, out);
  }

  private void reportUnread(TopicReader reader) {
    if (reader.passedOver() > 0) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          "%d records of the topic cannot be read and were passed over.%n", reader.passedOver());
    }
  }

  private void reportReplaced(Map<String, Long> replaced) {
    if (!replaced.isEmpty()) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf("%d dead letters passed over: replaced or removed since%n", sum(replaced));
      print(replaced, out);
    }
  }

  private void reportLost(Map<String, Long> lost) {
    if (!lost.isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          "%d cannot be sent again: they were shortened, and what they were is gone from its topic, or they are none of the job's.%n",
          sum(lost));
      print(lost, err);
    }
  }

  private static void print(Map<String, Long> counts, PrintWriter out) {
    counts.forEach((reason, count) -> out.printf("%8d  %s%n", count, Headers.printable(reason)));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
