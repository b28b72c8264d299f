package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.cli.TailCommand.Output;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.training.WindowReport;
import java.time.Instant;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records as lines for people. */
final class PlainText implements RecordText {

  private static final int SHOWN_VALUES = 4;

  @Override
  public String of(Output output, ConsumerRecord<byte[], byte[]> message) {
    if (output == Output.DEAD_LETTERS) {
      return deadLetter(message);
    }
    if (message.value() == null) {
      return Headers.key(message) + "  removed";
    }
    try {
      return switch (output) {
        case EMBEDDINGS -> embedding(EmbeddingMessage.fromJson(message.value()));
        case REPORTS -> report(JsonMessages.read(message.value(), WindowReport.class));
        case MODELS -> model(JsonMessages.read(message.value(), ModelManifest.class));
        case RELEASES ->
            Headers.key(message).contains("/")
                ? command(JsonMessages.read(message.value(), ReleaseCommand.class))
                : release(JsonMessages.read(message.value(), Release.class));
        case MATCHES -> match(JsonMessages.read(message.value(), MatchMessage.class));
        case DEAD_LETTERS -> throw new AssertionError("handled above");
      };
    } catch (MalformedMessageException e) {
      return "offset %d: %s"
          .formatted(message.offset(), Headers.printable(e.getMessage().getBytes(UTF_8)));
    }
  }

  private static String embedding(EmbeddingMessage embedding) {
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < Math.min(SHOWN_VALUES, embedding.vector().length); i++) {
      values.append(String.format(Locale.ROOT, "%+.3f ", embedding.vector()[i]));
    }
    return "%s  label %s  window %d  v%d  [%s… %d values]"
        .formatted(
            printable(embedding.id()),
            embedding.label() == null ? "-" : printable(embedding.label()),
            embedding.window(),
            embedding.modelVersion(),
            values,
            embedding.vector().length);
  }

  private static String match(MatchMessage match) {
    String nearest =
        match.candidates().isEmpty()
            ? "nothing"
            : "%s  label %s  similarity %s  g %s"
                .formatted(
                    printable(match.candidates().get(0).id()),
                    printable(String.valueOf(match.candidates().get(0).label())),
                    number((double) match.candidates().get(0).similarity()),
                    match.candidates().get(0).g() == null
                        ? "—"
                        : number((double) match.candidates().get(0).g()));
    return "%s  %s%s  nearest %s  threshold %s  release %d"
        .formatted(
            printable(match.id()),
            printable(match.verdict()),
            match.label() == null ? "" : " " + printable(match.label()),
            nearest,
            match.threshold() == null ? "not calibrated" : number(match.threshold()),
            match.release());
  }

  private static String report(WindowReport report) {
    String head =
        "replica %d  window %d  v%d  %d images"
            .formatted(
                report.identity().replica(),
                report.identity().window(),
                report.identity().version(),
                report.images().arrived());
    String recall =
        "recall@1 %s (%d of %d)"
            .formatted(
                number(report.prequential().recallAt1()),
                report.prequential().correct(),
                report.prequential().tested());
    if (report.health().reason() != null) {
      return head + "  " + recall + "  not trained: " + printable(report.health().reason());
    }
    return "%s  %s  loss %s  α %s/%s  active %d/%d of %d%s"
        .formatted(
            head,
            recall,
            number(report.loss().total()),
            number(report.margins().alpha1()),
            number(report.margins().alpha2()),
            report.mining().activeFirst(),
            report.mining().activeSecond(),
            report.mining().found(),
            report.margins().warmingUp() ? "  warming up" : "");
  }

  private static String model(ModelManifest manifest) {
    return "%s  run %s  v%d  %s  %s trunk, %s metric, %d values  %s  %,d bytes  sha256 %s"
        .formatted(
            printable(manifest.identity().name()),
            printable(manifest.identity().run()),
            manifest.identity().version(),
            Instant.ofEpochMilli(manifest.createdAt()),
            printable(manifest.network().trunk()),
            printable(manifest.network().metric()),
            manifest.network().embeddingSize(),
            printable(manifest.file().path()),
            manifest.file().bytes(),
            printable(manifest.file().sha256()));
  }

  private static String release(Release release) {
    return "%s  run %s  v%d is live  %s  %s as of v%d  policy %s  %s  sha256 %s"
        .formatted(
            printable(release.identity().name()),
            printable(release.identity().run()),
            release.identity().version(),
            Instant.ofEpochMilli(release.time()),
            printable(release.decision().verdict()),
            release.asOf(),
            printable(release.decision().policy()),
            printable(release.file().path()),
            printable(release.file().sha256()));
  }

  private static String command(ReleaseCommand command) {
    return "%s  run %s  command %s%s  %s"
        .formatted(
            command.name(),
            command.run(),
            command.action().name().toLowerCase(Locale.ROOT),
            command.version() == null ? "" : " v" + command.version(),
            Instant.ofEpochMilli(command.time()));
  }

  private static String deadLetter(ConsumerRecord<byte[], byte[]> message) {
    return "%s-%s@%s  key %s  label %s  %s bytes  %s: %s"
        .formatted(
            Headers.of(message, HeaderNames.SOURCE_TOPIC),
            Headers.of(message, HeaderNames.SOURCE_PARTITION),
            Headers.of(message, HeaderNames.SOURCE_OFFSET),
            Headers.key(message),
            Headers.of(message, HeaderNames.LABEL),
            sizeOf(message),
            Headers.of(message, HeaderNames.ERROR_CLASS),
            Headers.of(message, HeaderNames.ERROR_MESSAGE));
  }

  private static String sizeOf(ConsumerRecord<byte[], byte[]> message) {
    if (message.value() == null) {
      return "no";
    }
    String full = Headers.of(message, HeaderNames.FULL_VALUE_SIZE);
    return message.value().length + (full.equals("-") ? "" : " of " + full);
  }

  private static String printable(String text) {
    return text == null ? "-" : Headers.printable(text.getBytes(UTF_8));
  }

  /** With three decimals, or a dash where it is not known. */
  static String number(Double value) {
    return value == null || value.isNaN() ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }
}
