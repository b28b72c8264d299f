package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.operator.StartModel;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole pipeline between a real broker's topics, read back by an independent consumer. */
class PipelineIT {

  private static final byte[] NETWORK = "quadstream".getBytes(UTF_8);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int WINDOW_IMAGES = 16;
  private static final int WINDOWS = 30;
  private static final long SEED = 5;
  private static final int IMAGES_A_QUESTION = 8;
  private static final int QUESTIONS = WINDOWS * WINDOW_IMAGES / IMAGES_A_QUESTION;
  private static final String QUESTION = "asked/";

  @TempDir Path directory;

  private KafkaBroker broker;
  private PipelineSettings settings;
  private Topics topics;

  @BeforeEach
  void startBroker() throws Exception {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    topics = new Topics("it.");
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, (short) 1);
    }
    settings =
        TestingJobs.settings(
            broker,
            directory,
            "window.images",
            Integer.toString(WINDOW_IMAGES),
            "mining.waiting-windows",
            "3",
            "seed",
            Long.toString(SEED));
  }

  @AfterEach
  void stopBroker() {
    NativeThreads.limit(Runtime.getRuntime().availableProcessors());
    broker.close();
  }

  @ParameterizedTest(name = "behind a backbone: {0}")
  @ValueSource(booleans = {false, true})
  void trainsOnEveryImageAndArrivesAtTheSameBitsAsTheSameCodeWithoutKafkaAndFlink(
      boolean behindBackbone) throws Exception {
    if (behindBackbone) {
      settings = behindBackbone(settings);
    }
    List<EncodedImage> images = produceImages();

    NativeThreads.limit(3);
    RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
    List<WindowReport> reports = reports(job);
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    assertThat(reports).extracting(report -> report.identity().window()).isEqualTo(counting(0));
    assertThat(reports).extracting(report -> report.identity().version()).isEqualTo(counting(1));
    assertThat(reports).allMatch(report -> report.images().arrived() == WINDOW_IMAGES);
    assertThat(reports)
        .allSatisfy(
            report ->
                assertThat(report.details().stageMillis())
                    .containsKeys("decode", "window", "embed", "embedReleased", "mine")
                    .allSatisfy((stage, millis) -> assertThat(millis).isPositive()));
    assertThat(reports)
        .as("each window is mined with the version that its number asks for")
        .allMatch(
            report ->
                report.mining().version() == 4 * (Math.max(0, report.identity().window() - 2) / 4));
    assertThat(reports.get(WINDOWS - 1).mining().found()).isPositive();
    assertThat(reports.get(WINDOWS - 1).margins().alpha1()).isLessThan(1);

    List<ModelManifest> manifests =
        read(topics.models()).stream()
            .map(message -> JsonMessages.read(message.value(), ModelManifest.class))
            .toList();
    assertThat(manifests)
        .extracting(manifest -> manifest.identity().version())
        .containsExactly(4L, 8L, 12L, 16L, 20L, 24L, 28L, 30L);
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    NetworkState streamed =
        TestingNetworks.read(registry.load(manifests.get(manifests.size() - 1))).network().state();
    for (int threads : new int[] {1, 2, 8}) {
      NativeThreads.limit(threads);
      NetworkState local = trainHere(images);
      assertThat(streamed.parameters("trunk"))
          .as("three threads in the job, %d here", threads)
          .isEqualTo(local.parameters("trunk"));
      assertThat(streamed.parameters("head")).isEqualTo(local.parameters("head"));
    }

    assertEmbeddingsOfEveryImage(images, manifests);
    assertPointerTo(manifests.get(manifests.size() - 1));
    assertEveryQuestionIsAnswered(images, registry);
  }

  private PipelineSettings behindBackbone(PipelineSettings pixels) throws Exception {
    ImageShape shape = pixels.shape();
    Path file = directory.resolve("net.onnx");
    Files.write(
        file,
        TestingOnnx.file(
            true, false, TestingOnnx.OPEN, shape.channels(), shape.height(), shape.width()));
    Map<String, String> options = pixels.given();
    options.put(NetworkConfig.BACKBONE.key(), file.toString());
    options.put(NetworkConfig.BACKBONE_OUTPUT.key(), "features");
    return PipelineSettings.of(Configuration.fromMap(options));
  }

  private void assertEveryQuestionIsAnswered(List<EncodedImage> images, ModelRegistry registry)
      throws Exception {
    Map<String, EncodedImage> byId =
        images.stream().collect(Collectors.toMap(EncodedImage::id, image -> image));
    ImageDecoder decoder = settings.imageDecoder(settings.shape());
    Map<String, EmbeddingMessage> answers = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> message : read(topics.embeddings())) {
      EmbeddingMessage embedding = EmbeddingMessage.fromJson(message.value());
      assertThat(embedding.label() == null).isEqualTo(embedding.id().startsWith(QUESTION));
      if (embedding.label() == null) {
        answers.put(embedding.id(), embedding);
      }
    }
    assertThat(answers).hasSize(QUESTIONS);
    EmbeddingMessage answer = answers.values().iterator().next();
    ModelManifest model =
        registry
            .find(settings.get(NetworkConfig.NAME), answer.run(), answer.modelVersion())
            .orElseThrow();
    byte[] pixels = byId.get(answer.id().substring(QUESTION.length())).bytes();
    try (QuadrupletNetwork network = TestingNetworks.read(registry.load(model)).network()) {
      // How many images a pass embeds at once decides the order of some sums.
      assertThat(answer.vector())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(network.embed(List.of(decoder.decode(pixels)))[0]);
    }
  }

  /** The run starts from a model, and arrives at what the same code makes of it. */
  @Test
  void deadLettersAreTheBadRecordsByteForByteAndTheJobGoesOnFromItsModel() throws Exception {
    Path start = directory.resolve("start.qsm");
    Files.write(start, modelOfAnotherStream());
    settings = settings.with(NetworkConfig.START_FROM, start.toString());
    byte[] noImage = "this is no image".getBytes(UTF_8);
    try (KafkaImageProducer producer = producer()) {
      producer.send("bad-1", "trash", "image/png", noImage, 1);
      producer.send("bad-2", "trash", "image/png", new byte[0], 2);
      producer.flush();
    }
    List<EncodedImage> images = produceImages();

    RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
    List<WindowReport> reports = reports(job);
    assertThat(reports).hasSize(WINDOWS);
    job.cancel();
    assertStartedFrom(start, images);
    PartitionLedger ledger = reports.get(WINDOWS - 1).details().ledger().get(0);
    assertThat(ledger.read()).isEqualTo(WINDOWS * WINDOW_IMAGES + QUESTIONS + 2);
    assertThat(ledger.images()).isEqualTo(WINDOWS * WINDOW_IMAGES);
    assertThat(ledger.questions()).isEqualTo(QUESTIONS);
    assertThat(ledger.deadLetters()).isEqualTo(2);

    List<ConsumerRecord<byte[], byte[]>> letters = read(topics.deadLetters());
    assertThat(letters).hasSize(2);
    assertThat(letters.get(0).key()).isEqualTo("bad-1".getBytes(UTF_8));
    assertThat(letters.get(0).value()).isEqualTo(noImage);
    assertThat(header(letters.get(0), HeaderNames.LABEL)).isEqualTo("trash");
    assertThat(header(letters.get(0), HeaderNames.ERROR_CLASS)).isEqualTo("image-unknown-format");
    assertThat(header(letters.get(0), HeaderNames.SOURCE_OFFSET)).isEqualTo("0");
    assertThat(header(letters.get(1), HeaderNames.ERROR_CLASS)).isEqualTo("empty-image");
  }

  @Test
  void aDeadLetterThatItsTopicDoesNotTakeIsShortenedAndTheJobGoesOn() throws Exception {
    Random random = new Random(SEED);
    byte[] noise = new byte[Topics.MAX_MESSAGE_BYTES - 200];
    random.nextBytes(noise);
    limit(topics.deadLetters(), "1048588");
    try (KafkaImageProducer producer = producer()) {
      producer.send("large", "trash", "image/png", Arrays.copyOf(noise, 2_000_000), 1);
      producer.send("largest", "trash", "image/png", noise, 2);
      producer.flush();
    }
    produceImages();
    // More than an int holds, as Kafka's client may be given it.
    PipelineSettings roomy =
        settings.with(KafkaConfig.PROPERTIES, Map.of("buffer.memory", "4294967296"));

    RunningJob job = JobLauncher.startHere(roomy, KafkaConnectors.of(roomy), "0", null);
    assertThat(reports(job))
        .extracting(report -> report.identity().window())
        .isEqualTo(counting(0));
    job.cancel();

    List<ConsumerRecord<byte[], byte[]>> letters = read(topics.deadLetters());
    assertThat(letters)
        .extracting(letter -> new String(letter.key(), UTF_8))
        .as("once each: the job did not restart")
        .containsExactly("large", "largest");
    assertThat(letters)
        .extracting(letter -> header(letter, HeaderNames.FULL_VALUE_SIZE))
        .containsExactly("2000000", Integer.toString(noise.length));
    assertThat(letters)
        .allSatisfy(
            letter -> {
              assertThat(letter.value()).isEqualTo(Arrays.copyOf(noise, letter.value().length));
              assertThat(letter.value()).hasSizeGreaterThan(1_000_000);
              assertThat(header(letter, HeaderNames.LABEL)).isEqualTo("trash");
            });
  }

  private void limit(String topic, String bytes) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  @Test
  void aRemovedImageIsTakenOffTheEmbeddingsTopic() throws Exception {
    String removed;
    try (KafkaImageProducer producer = producer()) {
      IconStream icons = IconStream.ofSeed(SEED);
      removed = send(producer, icons.next()).id();
      for (int i = 1; i < WINDOW_IMAGES * 2; i++) {
        send(producer, icons.next());
      }
      producer.sendRemoval(removed);
      for (int i = 0; i < WINDOW_IMAGES * (WINDOWS - 2); i++) {
        send(producer, icons.next());
      }
    }
    RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
    List<WindowReport> reports = reports(job);
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);

    assertThat(reports).extracting(report -> report.images().removed()).contains(1);
    List<ConsumerRecord<byte[], byte[]>> ofTheRemoved =
        read(topics.embeddings()).stream()
            .filter(message -> new String(message.key(), UTF_8).equals(removed))
            .toList();
    assertThat(ofTheRemoved).hasSizeGreaterThan(1);
    assertThat(ofTheRemoved.get(ofTheRemoved.size() - 1).value()).isNull();
  }

  private void assertPointerTo(ModelManifest newest) {
    List<ConsumerRecord<byte[], byte[]>> pointers = read(topics.releases());
    assertThat(pointers).allMatch(message -> Arrays.equals(message.key(), NETWORK));
    Release last = JsonMessages.read(pointers.get(pointers.size() - 1).value(), Release.class);
    assertThat(last.identity().version()).isEqualTo(newest.release().live());
    assertThat(
            new ModelRegistry(settings.registryDirectory())
                .find("quadstream", last.identity().run(), last.identity().version()))
        .hasValueSatisfying(live -> assertThat(live.file()).isEqualTo(last.file()));
  }

  private void assertEmbeddingsOfEveryImage(
      List<EncodedImage> images, List<ModelManifest> manifests) {
    Map<Long, Long> liveAsOf = new HashMap<>(Map.of(0L, 0L));
    manifests.forEach(
        manifest -> liveAsOf.put(manifest.identity().version(), manifest.release().live()));
    assertThat(manifests.get(0).release().verdict()).isEqualTo("first");
    Set<String> embedded = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> message : read(topics.embeddings())) {
      EmbeddingMessage embedding = EmbeddingMessage.fromJson(message.value());
      embedded.add(embedding.id());
      assertThat(embedding.release()).isEqualTo(embedding.modelVersion());
      if (embedding.label() != null) {
        assertThat(embedding.modelVersion())
            .as("what was live as of the version that window %d was mined with", embedding.window())
            .isEqualTo(liveAsOf.get(4 * (Math.max(0, embedding.window() - 2) / 4)));
      }
      assertThat(header(message, HeaderNames.MODEL_VERSION))
          .isEqualTo(Long.toString(embedding.modelVersion()));
      double squaredLength = 0;
      for (float value : embedding.vector()) {
        squaredLength += value * value;
      }
      assertThat(squaredLength).isBetween(0.999, 1.001);
    }
    assertThat(embedded).containsAll(images.stream().map(EncodedImage::id).toList());
  }

  private byte[] modelOfAnotherStream() throws Exception {
    ImageDecoder decoder = settings.imageDecoder(settings.shape());
    IconStream icons = IconStream.ofSeed(SEED + 1);
    try (TrainingLoop loop = new TrainingLoop(settings.loop())) {
      while (loop.model().isEmpty()) {
        EncodedImage icon = icons.next();
        loop.accept(new LabeledImage(icon.id(), icon.label(), 0, decoder.decode(icon.bytes())));
      }
      return ModelFile.write(loop.network(), new ModelInfo(4, 1, 0.5, Map.of()));
    }
  }

  private void assertStartedFrom(Path start, List<EncodedImage> images) throws Exception {
    ModelManifest first =
        JsonMessages.read(read(topics.models()).get(0).value(), ModelManifest.class);
    assertThat(first.release().live()).isZero();
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    String run = first.identity().run();
    ModelManifest version0 = registry.find("quadstream", run, 0).orElseThrow();
    assertThat(registry.load(version0)).isEqualTo(Files.readAllBytes(start));
    ModelManifest newest = registry.find("quadstream", run, 28).orElseThrow();
    NetworkState streamed = TestingNetworks.read(registry.load(newest)).network().state();

    ImageDecoder decoder = settings.imageDecoder(settings.shape());
    try (TrainingLoop loop =
        new TrainingLoop(settings.loop(), StartModel.of(settings).map(StartModel::asVersion0))) {
      for (EncodedImage image : images) {
        loop.accept(new LabeledImage(image.id(), image.label(), 0, decoder.decode(image.bytes())));
      }
      assertThat(loop.model().orElseThrow().version()).isEqualTo(28);
      NetworkState local = loop.network().state();
      assertThat(streamed.parameters("trunk")).isEqualTo(local.parameters("trunk"));
      assertThat(streamed.parameters("head")).isEqualTo(local.parameters("head"));
      assertThat(streamed.parameters("trunk"))
          .as("and not at what comes of the initial network")
          .isNotEqualTo(trainHere(images).parameters("trunk"));
    }
  }

  private NetworkState trainHere(List<EncodedImage> images) throws Exception {
    ImageReading reading = new ImageReading(settings.contentDecoder());
    try (TrainingLoop loop = new TrainingLoop(settings.loop())) {
      reading.readAll(images.iterator()).forEachRemaining(loop::accept);
      loop.finish();
      return loop.network().state();
    }
  }

  private List<EncodedImage> produceImages() {
    List<EncodedImage> images = new ArrayList<>();
    IconStream icons = IconStream.ofSeed(SEED);
    try (KafkaImageProducer producer = producer()) {
      for (int i = 0; i < WINDOWS * WINDOW_IMAGES; i++) {
        EncodedImage icon = icons.next();
        if (i % IMAGES_A_QUESTION == 0) {
          producer.send(QUESTION + icon.id(), null, icon.contentType(), icon.bytes(), 1);
        }
        images.add(send(producer, icon));
      }
    }
    return images;
  }

  private static EncodedImage send(KafkaImageProducer producer, EncodedImage image) {
    producer.send(
        image.id(), image.label(), image.contentType(), image.bytes(), System.currentTimeMillis());
    return image;
  }

  private KafkaImageProducer producer() {
    return new KafkaImageProducer(broker.connection(), topics.images());
  }

  /** Waits for the report of every window; a job that fails meanwhile fails the test. */
  private List<WindowReport> reports(RunningJob job) throws Exception {
    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.reports(), TopicReader.Start.BEGINNING)) {
      List<WindowReport> reports = new ArrayList<>();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (reports.size() < WINDOWS && System.nanoTime() < deadline) {
        reader
            .next(Duration.ofSeconds(1))
            .ifPresent(message -> reports.add(TestingJobs.report(message)));
        if (job.hasEnded()) {
          job.await();
        }
      }
      return reports;
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (TopicReader reader =
        new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE);
    }
  }

  private static List<Long> counting(long from) {
    return LongStream.range(from, from + WINDOWS).boxed().toList();
  }

  private static String header(ConsumerRecord<byte[], byte[]> message, String name) {
    return new String(message.headers().lastHeader(name).value(), UTF_8);
  }
}
