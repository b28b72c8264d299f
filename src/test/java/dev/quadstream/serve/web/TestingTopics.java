package dev.quadstream.serve.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.LabelRecordParser;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.MatchMessage.Candidate;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.TestingReports;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes to topics and registry what a job would: few classes of bars at different places, so that
 * even an untrained network tells them apart.
 */
public final class TestingTopics implements AutoCloseable {

  static final String MARKUP = "<script>window.broken = true</script><b>bold</b>";
  static final List<String> CLASSES = List.of("upper", "lower", "left", "right", "middle", MARKUP);
  static final int IMAGES_A_CLASS = 8;
  public static final String NETWORK = "test-network";
  static final int DEAD_LETTERS = 2_000;

  private static final int CROWD = 4_000;
  private static final int NOISE_SIDE = 140;
  private static final int EMBEDDINGS = 22_000;

  /**
   * The first of {@link #MARKUP}. Hashes decide what the gallery keeps: those of this class and of
   * this image are low enough to stay among the classes of the crowd.
   */
  private static final int STAYS_IN_THE_GALLERY = 5 * IMAGES_A_CLASS;

  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  private final Topics topics;
  private final java.nio.file.Path directory;
  private final ModelRegistry registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<LabeledImage> images = images();
  private final String bootstrapServers;
  private final Runnable closeBroker;

  /** On a broker that others have, with its topics there. */
  public TestingTopics(String bootstrapServers, Topics topics, java.nio.file.Path directory) {
    this(bootstrapServers, topics, directory, () -> {});
  }

  private TestingTopics(
      String bootstrapServers, Topics topics, java.nio.file.Path directory, Runnable closeBroker) {
    this.closeBroker = closeBroker;
    this.bootstrapServers = bootstrapServers;
    this.topics = topics;
    this.directory = directory;
    this.registry = new ModelRegistry(new Path(directory.toUri()));
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrapServers);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Starts a broker with the topics, which ends with this. */
  static TestingTopics onItsOwnBroker(java.nio.file.Path directory, Topics topics)
      throws Exception {
    KafkaBroker broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
    return new TestingTopics(
        broker.bootstrapServers(), topics, directory.resolve("models"), broker::close);
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** What {@code quadstream dashboard} needs to show it, with any more arguments after. */
  List<String> arguments(String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "kafka.bootstrap-servers=" + bootstrapServers,
            "kafka.topic-prefix=" + topics.images().replace("images", ""),
            "network.name=" + NETWORK,
            "registry.directory=" + directory,
            "image.height=" + SHAPE.height(),
            "image.width=" + SHAPE.width())) {
      arguments.add("--set");
      arguments.add(setting);
    }
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** An image of a class as a PNG file; another one for every seed. */
  static byte[] png(int classNumber, int seed) {
    return PixelImages.toPng(image(classNumber, seed));
  }

  /** The image as a PNG file. */
  static byte[] png(LabeledImage image) {
    return PixelImages.toPng(image.pixels());
  }

  /** An image that is not streamed. */
  public static LabeledImage labeled(int classNumber, int seed) {
    String id = "own-" + classNumber + "-" + seed;
    return new LabeledImage(id, CLASSES.get(classNumber), 0, image(classNumber, seed));
  }

  /** What was published. */
  List<ModelManifest> published() {
    return registry.list(NETWORK);
  }

  /** The file of a published model. */
  byte[] model(ModelManifest manifest) {
    return registry.load(manifest);
  }

  private static PixelImage image(int classNumber, int seed) {
    Random random = new Random(100L * classNumber + seed);
    byte[] pixels = new byte[SHAPE.size()];
    for (int y = 0; y < SHAPE.height(); y++) {
      for (int x = 0; x < SHAPE.width(); x++) {
        boolean ink =
            switch (classNumber) {
              case 0 -> y < 7;
              case 1 -> y >= 21;
              case 2 -> x < 7;
              case 3 -> x >= 21;
              case 4 -> Math.hypot(x - 14, y - 14) < 6;
              default -> (x / 4 + y / 4) % 2 == 0;
            };
        pixels[y * SHAPE.width() + x] = (byte) ((ink ? 30 : 225) + random.nextInt(25));
      }
    }
    return new PixelImage(SHAPE, pixels);
  }

  private static List<LabeledImage> images() {
    List<LabeledImage> images = new ArrayList<>();
    for (int number = 0; number < CLASSES.size(); number++) {
      for (int seed = 0; seed < IMAGES_A_CLASS; seed++) {
        String id = "images/" + number + "-" + seed + "?&\"<i>";
        images.add(new LabeledImage(id, CLASSES.get(number), 1_000, image(number, seed)));
      }
    }
    return images;
  }

  public void sendImages() {
    try (KafkaImageProducer sender =
        new KafkaImageProducer(KafkaConnection.to(bootstrapServers), topics.images())) {
      for (LabeledImage image : images) {
        sender.send(
            image.id(), image.label(), "image/png", PixelImages.toPng(image.pixels()), 1_000);
      }
      sender.flush();
    }
  }

  /**
   * Sends images without a label and for each an unsure answer, whose nearest candidates are of two
   * classes; the lower the number, the less sure. The class of the second candidate is right.
   */
  void ask(int count) {
    try (KafkaImageProducer sender =
        new KafkaImageProducer(KafkaConnection.to(bootstrapServers), topics.images())) {
      for (int number = 0; number < count; number++) {
        LabeledImage first = images.get(STAYS_IN_THE_GALLERY);
        LabeledImage second = images.get(number % 5 * IMAGES_A_CLASS);
        sender.send(asked(number), null, "image/png", png(number % 5, 700 + number), 1_000);
        producer.send(
            new MatchMessage(
                    asked(number),
                    "unsure",
                    null,
                    List.of(
                        new Candidate(first.id(), first.label(), 0.6f, 0.25f),
                        new Candidate(first.id(), first.label(), 0.599f, 0.25f),
                        new Candidate(second.id(), second.label(), 0.59f - number / 100f, null)),
                    0.65,
                    0.01,
                    "run-1",
                    32,
                    images.size())
                .toProducerRecord(topics.matches()));
      }
      sender.flush();
    }
    producer.flush();
  }

  /** The id of an image that was sent without a label. */
  static String asked(int number) {
    return "asked/" + number + "?&<i>";
  }

  /** The class of that image. */
  static String askedLabel(int number) {
    return CLASSES.get(number % 5);
  }

  /** What the labels topic holds, in order. */
  List<LabelReceived> labels() {
    LabelRecordParser parser = new LabelRecordParser();
    try (TopicReader reader =
        new TopicReader(
            KafkaConnection.to(bootstrapServers), topics.labels(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(Duration.ofSeconds(30)).stream()
          .map(message -> (LabelReceived) parser.parse(SourceRecord.of(message)))
          .toList();
    }
  }

  /** Of replica 0. */
  void sendReports(long from, long to) {
    sendReports(0, from, to);
  }

  /** Reports of the windows from one to before another; the last one has a hard quadruplet. */
  void sendReports(int replica, long from, long to) {
    HardQuadruplet hard =
        new HardQuadruplet(
            new HardQuadruplet.Images(
                images.get(0).id(), images.get(1).id(), images.get(40).id(), images.get(10).id()),
            new HardQuadruplet.Labels(CLASSES.get(0), MARKUP, CLASSES.get(1)),
            new HardQuadruplet.Distances(0.9, 0.125, 0.25),
            1.5);
    for (long window = from; window < to; window++) {
      producer.send(
          new ProducerRecord<>(
              topics.reports(),
              Integer.toString(replica).getBytes(UTF_8),
              JsonMessages.write(
                  window == to - 1
                      ? TestingReports.report(replica, window, hard)
                      : TestingReports.report(replica, window))));
    }
    producer.flush();
  }

  private void sendDeadLetter(String reason, String message) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(topics.deadLetters(), null, new byte[] {1});
    letter.headers().add(HeaderNames.ERROR_CLASS, reason.getBytes(UTF_8));
    letter.headers().add(HeaderNames.ERROR_MESSAGE, message.getBytes(UTF_8));
    producer.send(letter);
  }

  void sendDeadLetters(int count) {
    for (int i = 0; i < count; i++) {
      sendDeadLetter("corrupt-image", "<img src=x>");
    }
    producer.flush();
  }

  /** Publishes a network of its own seed, its embeddings, and its manifest. */
  public ModelManifest publish(long version) {
    return publish(version, null);
  }

  /** The same with what is live as of it, or null. */
  ModelManifest publish(long version, ReleaseDecision decision) {
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.SMALL, SHAPE, null, 16, MetricKind.LEARNED, UpdaterKind.ADAM, 1e-3, version);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      byte[] model = ModelFile.write(network, new ModelInfo(version, 0.5, 0.25, Map.of()));
      ModelManifest manifest =
          registry.publish(
              ModelManifest.draft(
                      new ModelManifest.Identity(NETWORK, "run-of-models", version),
                      version - 1,
                      1_700_000_000_000L + version,
                      new ModelManifest.Network(
                          spec.configHash(), "small", "learned", 16, SHAPE.toString(), null),
                      new ModelManifest.Margins(0.5, 0.25),
                      Map.of())
                  .with(decision),
              model);
      float[][] vectors = network.embed(images.stream().map(LabeledImage::image).toList());
      for (int i = 0; i < vectors.length; i++) {
        LabeledImage image = images.get(i);
        producer.send(
            new EmbeddingMessage(
                    "run-1", image.id(), image.label(), version, version, version - 1, vectors[i])
                .toProducerRecord(topics.embeddings()));
      }
      send(manifest);
      producer.flush();
      return manifest;
    }
  }

  /** What a command to the job puts on the releases topic. */
  void sendPointer(Release release) {
    producer.send(
        new ProducerRecord<>(
            topics.releases(), NETWORK.getBytes(UTF_8), JsonMessages.write(release)));
    producer.flush();
  }

  private void send(ModelManifest manifest) {
    producer.send(
        new ProducerRecord<>(
            topics.models(), NETWORK.getBytes(UTF_8), JsonMessages.write(manifest)));
  }

  /**
   * What a busy job writes: a report a window, a model every 16, and of everything else so many
   * that what the page keeps of it is full. The last embedding is of an image that the map has
   * before and after.
   *
   * @param model the file that every version has
   */
  void sendHistory(long from, long to, ModelManifest model) throws IOException {
    sendCrowd(from);
    for (int i = 1; i < EMBEDDINGS; i++) {
      send("crowd/" + from + "/" + i, "crowd", to);
    }
    LabeledImage last = images.get(STAYS_IN_THE_GALLERY);
    send(last.id(), last.label(), to);
    for (int i = 0; i < DEAD_LETTERS; i++) {
      sendDeadLetter("reason-" + i % 50, "Record %d of those before %d.".formatted(i, to));
    }
    for (long version = from / 16 * 16 + 16; version <= to; version += 16) {
      send(
          new ModelManifest(
              model.formatVersion(),
              new ModelManifest.Identity(NETWORK, model.identity().run(), version),
              version - 1,
              linkedFile(model, version),
              model.createdAt() + version,
              model.network(),
              model.margins(),
              model.metrics(),
              model.release(),
              model.job()));
    }
    sendReports(from, to);
  }

  /** Another version's place in the registry, with the same file in it. */
  private ModelManifest.File linkedFile(ModelManifest model, long version) throws IOException {
    ModelManifest.File file = model.file();
    String path =
        file.path()
            .replace("v%010d".formatted(model.identity().version()), "v%010d".formatted(version));
    Files.createLink(directory.resolve(path), directory.resolve(file.path()));
    return new ModelManifest.File(path, file.sha256(), file.bytes());
  }

  private void send(String id, String label, long version) {
    producer.send(
        new EmbeddingMessage("run-1", id, label, version, version, version - 1, new float[16])
            .toProducerRecord(topics.embeddings()));
  }

  /** Images of many classes, each large; the last one is of a class of its own. */
  private void sendCrowd(long from) {
    byte[] large = PixelImages.toPng(noise((int) from));
    try (KafkaImageProducer sender =
        new KafkaImageProducer(KafkaConnection.to(bootstrapServers), topics.images())) {
      for (int i = 0; i < CROWD; i++) {
        String label = i == CROWD - 1 ? lastClassOf(from) : "crowd " + i % 300;
        sender.send("crowd/" + from + "/" + i, label, "image/png", large, 1_000);
      }
      sender.flush();
    }
  }

  /** The class of the image that {@link #sendHistory} sends last. */
  static String lastClassOf(long from) {
    return "last of those from " + from;
  }

  private static PixelImage noise(int seed) {
    byte[] pixels = new byte[NOISE_SIDE * NOISE_SIDE];
    new Random(seed).nextBytes(pixels);
    return new PixelImage(new ImageShape(1, NOISE_SIDE, NOISE_SIDE), pixels);
  }

  @Override
  public void close() {
    producer.close();
    closeBroker.run();
  }
}
