package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code reindex}: every image under one release. */
@Command(
    name = "reindex",
    footer = {"%nFor example:", "  quadstream reindex --dataset photos/"},
    description = {
      "Embeds every image anew under the live release: those of the images topic, or of a dataset.",
      "What the release has embedded already is passed over, so an interrupted run goes on where it"
          + " was, and one that is whole does nothing. What was removed stays removed. Without"
          + " --dataset, vectors of images that cannot be read again are mapped to the release and"
          + " marked as such."
    })
final class ReindexCommand implements Callable<Integer> {

  private static final double NANOS_PER_SECOND = 1e9;

  @Option(
      names = "--model",
      paramLabel = "FILE|VERSION",
      description =
          "Another model: a file, or a version of the newest run in the registry. Default: the live"
              + " release.")
  private String model;

  @Option(
      names = "--no-map",
      description = "Leaves vectors of images that cannot be read again as they are.")
  private boolean noMap;

  @Mixin private DatasetArguments dataset;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  // Not by an interrupt, which Kafka's clients answer with an exception.
  private AtomicBoolean stopped;

  @Override
  public Integer call() throws Exception {
    PipelineSettings settings = configuration.settings();
    ImageDataset given = dataset.isGiven() ? opened(settings) : null;
    KafkaCluster kafka = new KafkaCluster(settings);
    try (TopicAdmin admin = kafka.admin()) {
      admin.requireReachable();
      admin.describe(
          List.of(kafka.topics().embeddings(), kafka.topics().images(), kafka.topics().releases()));
    }
    ServedModel served = ServedModel.of(model, settings, kafka);
    try (QuadrupletNetwork network = served.network();
        TopicReader topic = kafka.reader(kafka.topics().embeddings(), TopicReader.Start.BEGINNING);
        ReleasePointer pointer = new ReleasePointer(settings.get(NetworkConfig.NAME), kafka);
        KafkaImageProducer producer = kafka.producer(kafka.topics().embeddings())) {
      KnownEmbeddings known =
          new KnownEmbeddings(
              served.release(),
              ServedModel.createdAt(served.release(), settings),
              new ModelRegistry(settings.registryDirectory())
                  .listReadable(settings.get(NetworkConfig.NAME), served.release().run()),
              pointer::now,
              topic);
      known.follow();
      stopped = Interruption.onSignals();
      Reindexing reindexing =
          new Reindexing(served, settings.imageDecoder(network.spec().input()), known, producer);
      long start = System.nanoTime();
      long unreadable = 0;
      if (given != null) {
        ofDataset(given, known, reindexing);
      } else {
        TopicImages images = new TopicImages(kafka, settings, stopped::get);
        ofTopic(images, known, reindexing);
        unreadable = images.unreadable();
      }
      reindexing.finish();
      say(served.release(), reindexing, (System.nanoTime() - start) / NANOS_PER_SECOND);
      sayUnreadable(kafka.topics().images(), unreadable);
      sayUnreadable(kafka.topics().embeddings(), topic.passedOver());
      if (stopped.get()) {
        return ExitCode.INTERRUPTED;
      }
      if (given == null) {
        known.follow();
        map(served.release(), known, producer);
        producer.flush();
      }
    }
    return stopped.get() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  private void ofTopic(TopicImages images, KnownEmbeddings known, Reindexing reindexing) {
    known.leaveOut(images.removed());
    try (ProgressLine progress =
        ProgressLine.onError(spec.commandLine().getErr(), images.count(known::lacks))) {
      images.forEach(
          known::lacks,
          image -> {
            add(image, reindexing, progress);
            return !stopped.get();
          },
          reindexing::unread);
    }
  }

  private ImageDataset opened(PipelineSettings settings) {
    DatasetArgument argument = dataset.dataset(Part.TRAIN, settings.imageLimits());
    if (argument.isDrawn()) {
      throw CommandException.usage(
          "Icons and emoji are drawn without end: without --dataset those that came on the topic are embedded.");
    }
    return argument.open().toTrainOn();
  }

  private void ofDataset(ImageDataset opened, KnownEmbeddings known, Reindexing reindexing)
      throws IOException {
    try (Stream<EncodedImage> images = opened.images();
        ProgressLine progress = ProgressLine.onError(spec.commandLine().getErr(), opened.size())) {
      Iterator<EncodedImage> iterator = images.filter(image -> known.lacks(image.id())).iterator();
      while (!stopped.get() && iterator.hasNext()) {
        EncodedImage image = iterator.next();
        if (image.unread() != null) {
          reindexing.unread(image.id(), image.unread());
          continue;
        }
        add(new ImageReceived(image.id(), image.label(), -1, image.bytes()), reindexing, progress);
      }
    }
  }

  private static void add(ImageReceived image, Reindexing reindexing, ProgressLine progress) {
    reindexing.add(image);
    progress.show(reindexing.sent(), "");
  }

  private void say(ReleaseKey release, Reindexing reindexing, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d images embedded under %s in %.1f s (%,.0f/s)%n",
        reindexing.sent(),
        release,
        seconds,
        reindexing.sent() / seconds);
    if (reindexing.unread() > 0) {
      out.printf(
          Locale.ROOT,
          "%,d images could not be read, the first one %s%n",
          reindexing.unread(),
          Headers.printable(reindexing.firstProblem()));
    }
  }

  private void sayUnreadable(String topic, long records) {
    if (records > 0) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT, "%,d records of %s cannot be read and were passed over%n", records, topic);
    }
  }

  private void map(ReleaseKey release, KnownEmbeddings known, KafkaImageProducer producer) {
    PrintWriter out = spec.commandLine().getOut();
    for (Map.Entry<ReleaseKey, List<EmbeddingMessage>> left : known.left().entrySet()) {
      Optional<ReleaseMap> map =
          noMap ? Optional.empty() : ReleaseMap.of(known.pairs(left.getKey()));
      if (map.isEmpty()) {
        out.printf(
            Locale.ROOT,
            "%,d images cannot be read again and stay under %s%s%n",
            left.getValue().size(),
            left.getKey(),
            noMap ? "" : ": too few are known under both to map them");
        continue;
      }
      for (EmbeddingMessage before : left.getValue()) {
        if (stopped.get()) {
          return;
        }
        producer.send(mapped(before, release, map.get()));
      }
      out.printf(
          Locale.ROOT,
          "%,d images cannot be read again and are mapped from %s by %,d others: recall@1 %.3f among mapped, %.3f among fresh vectors of %,d more%n",
          left.getValue().size(),
          left.getKey(),
          map.get().fitted(),
          map.get().mapped(),
          map.get().fresh(),
          map.get().measured());
    }
    if (known.ofNoRelease() > 0) {
      out.printf(
          Locale.ROOT,
          "%,d images cannot be read again, and their vectors name no release%n",
          known.ofNoRelease());
    }
  }

  private static EmbeddingMessage mapped(
      EmbeddingMessage before, ReleaseKey release, ReleaseMap map) {
    return new EmbeddingMessage(
        release.run(),
        before.id(),
        before.label(),
        before.modelVersion(),
        release.release(),
        true,
        before.window(),
        map.map().apply(before.vector()));
  }
}
