package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.Part;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.KafkaSendException;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.TrainingConfig;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code produce}: images of a dataset to the images topic. */
@Command(
    name = "produce",
    footer = {"%nFor example:", "  quadstream produce --dataset photos/ --rate 50"},
    description = {
      "Sends labelled images to the images topic.",
      "Files come shuffled; 'icons' and 'emoji' are drawn without end."
    })
final class ProduceCommand implements Callable<Integer> {

  private static final double NANOS_PER_SECOND = 1e9;

  @Mixin private DatasetArguments dataset;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Images a second; 0 is as fast as they are acknowledged. Default: 0.")
  private double rate;

  @Option(names = "--limit", paramLabel = "N", description = "Stops after so many images.")
  private Long limit;

  @Option(names = "--shuffle", paramLabel = "SEED", description = "Order drawn by this seed.")
  private Long shuffle;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  private long sent;

  private final TooLargeRecords tooLarge = new TooLargeRecords();
  private long unread;
  private String firstUnread;

  @Override
  public Integer call() throws Exception {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY) || (limit != null && limit < 1)) {
      throw CommandException.usage(
          "--rate is 0 or more and --limit 1 or more, not %s and %s.".formatted(rate, limit));
    }
    PipelineSettings settings = configuration.settings();
    ImageFeed feed =
        ImageFeed.of(
            dataset.dataset(Part.TRAIN, settings.imageLimits()),
            shuffle,
            settings.get(JobConfig.SEED));
    feed.survey().ifPresent(survey -> SurveyText.print(survey, spec.commandLine().getErr()));
    TrainableClasses.problem(feed.classSizes(), settings.get(TrainingConfig.LOSS))
        .ifPresent(
            problem ->
                spec.commandLine()
                    .getErr()
                    .println(problem + " Until others come, a job trains nothing on these."));
    KafkaCluster kafka = new KafkaCluster(settings);
    try (TopicAdmin admin = kafka.admin()) {
      admin.requireReachable();
      admin.describe(List.of(kafka.topics().images()));
    }
    return send(feed, kafka);
  }

  private int send(ImageFeed feed, KafkaCluster kafka) throws Exception {
    long most = limit == null ? ImageFeed.ENDLESS : limit;
    PrintWriter err = spec.commandLine().getErr();
    long start = System.nanoTime();
    // Not by an interrupt, which would fail whatever is read or sent at the moment.
    CountDownLatch stop = new CountDownLatch(1);
    AtomicBoolean interrupted = Interruption.onSignals(stop::countDown);
    KafkaImageProducer producer = kafka.producer(kafka.topics().images());
    try (producer;
        Stream<EncodedImage> images = feed.images(0);
        ProgressLine progress = ProgressLine.onError(err, Math.min(most, feed.size()))) {
      Iterator<EncodedImage> iterator = images.iterator();
      while (sent < most && !interrupted.get() && iterator.hasNext()) {
        EncodedImage image = iterator.next();
        if (image.unread() == null) {
          send(producer, image);
          progress.show(sent, "");
          waitForTurn(start, stop);
        } else {
          passOver(image);
        }
      }
      tooLarge.passOver(producer::flush);
    } catch (KafkaSendException e) {
      throw CommandException.failed(
          "%s%n%s".formatted(e.getMessage(), summary(producer, kafka, start)), e);
    }
    spec.commandLine().getOut().println(summary(producer, kafka, start));
    if (unread > 0) {
      err.printf(Locale.ROOT, "%,d images were not sent, the first one %s%n", unread, firstUnread);
    }
    tooLarge.throwIfAny("images");
    if (unread > 0 && !interrupted.get()) {
      return ExitCode.FAILED;
    }
    return interrupted.get() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  private void send(KafkaImageProducer producer, EncodedImage image) {
    sent++;
    long capturedAt =
        Objects.requireNonNullElseGet(image.sighting().capturedAt(), System::currentTimeMillis);
    tooLarge.passOver(
        () ->
            producer.send(
                image.id(), image.label(), image.contentType(), image.bytes(), capturedAt));
  }

  private void passOver(EncodedImage image) {
    unread++;
    if (firstUnread == null) {
      firstUnread = Headers.printable(image.id() + ": " + image.unread());
    }
  }

  private void waitForTurn(long start, CountDownLatch stop) throws InterruptedException {
    long due = rate > 0 ? start + (long) (sent / rate * NANOS_PER_SECOND) : start;
    boolean unused = stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private static String summary(KafkaImageProducer producer, KafkaCluster kafka, long start) {
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    return String.format(
        Locale.ROOT,
        "%,d images acknowledged, %,d failed, on topic %s at %s in %.1f s (%,.0f/s)",
        producer.acknowledged(),
        producer.failed(),
        kafka.topics().images(),
        kafka.connection().bootstrapServers(),
        seconds,
        producer.acknowledged() / seconds);
  }
}
