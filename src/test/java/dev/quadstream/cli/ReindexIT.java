package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TestingBatches;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ReindexIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Topics TOPICS = new Topics("again.");
  private static final String NAME = "quadstream";
  private static final String RUN = "run-1";
  private static final long BEFORE = 32;
  private static final long LIVE = 64;
  private static final int CLASSES = 6;
  private static final int EACH = 20;
  private static final int GONE = 12;

  @TempDir private Path directory;

  private KafkaBroker broker;
  private QuadrupletNetwork before;
  private QuadrupletNetwork live;
  private ModelManifest manifest;
  private final TestingTerminal terminal = new TestingTerminal();

  @BeforeEach
  void start() throws Exception {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(TOPICS, 2, 1);
    }
    before = QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.EUCLIDEAN));
    live = QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.EUCLIDEAN));
    // A release later: much the same network.
    double[] parameters = TestingNetworks.parameters(before);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] *= 1 + 0.05 * (random.nextDouble() - 0.5);
    }
    TestingNetworks.setParameters(live, parameters);
    manifest = publish(live, LIVE);
  }

  @AfterEach
  void stop() {
    before.close();
    live.close();
    broker.close();
  }

  @Test
  void everyImageIsUnderTheLiveReleaseAndNothingIsDoneTwice() throws Exception {
    Map<String, LabeledImage> images = produce();
    List<String> ids = List.copyOf(images.keySet());
    String removed = ids.get(0);
    String takenBack = ids.get(1);
    String newer = ids.get(2);
    float[] newest = new float[16];
    newest[0] = 1;
    List<ProducerRecord<byte[], byte[]>> earlier = new ArrayList<>();
    for (LabeledImage image : images.values()) {
      earlier.add(embedding(image.id(), image, before, BEFORE));
    }
    for (int i = 0; i < GONE; i++) {
      earlier.add(embedding("gone-" + i, images.get(ids.get(10 + i)), before, BEFORE));
    }
    earlier.add(EmbeddingMessage.removal(TOPICS.embeddings(), removed, BEFORE));
    earlier.add(
        new EmbeddingMessage(RUN, newer, "class-0", 96, 96L, 95, newest)
            .toProducerRecord(TOPICS.embeddings()));
    TestingBatches.send(broker, earlier);
    try (KafkaImageProducer producer = imageProducer()) {
      producer.sendRemoval(takenBack);
    }
    byte[] png = Files.readAllBytes(directory.resolve("stripes/class-0/0.png"));
    TestingBatches.send(
        broker, List.of(new ProducerRecord<>(TOPICS.images(), "question".getBytes(UTF_8), png)));
    TestingBatches.send(broker, TOPICS.images(), "damaged");
    TestingBatches.damage(directory, TOPICS.images(), "key of damaged");

    assertThat(reindex()).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("nothing is released yet", "bin/quadstream run", "give a version");
    TestingBatches.send(broker, List.of(pointer(96, List.of())));
    assertThat(reindex("--model", Long.toString(LIVE))).as(terminal.err()).isEqualTo(ExitCode.OK);

    Map<String, EmbeddingMessage> topic = embeddings();
    assertThat(topic.get("question").label()).isNull();
    assertThat(topic.get("question").release()).isEqualTo(LIVE);
    assertThat(topic).doesNotContainKey(removed);
    assertThat(topic.get(takenBack).release()).isEqualTo(BEFORE);
    assertThat(topic.get(newer).vector()).isEqualTo(newest);
    assertThat(terminal.out())
        .contains(
            "118 images embedded under release 64 of run run-1",
            "1 records of again.images cannot be read and were passed over");
    for (String id : ids.subList(3, ids.size())) {
      LabeledImage image = images.get(id);
      EmbeddingMessage found = topic.get(id);
      // As if every image had come under this release: R_mix / R_fresh is 1.
      assertThat(found.vector()).containsExactly(embed(live, image), within(1e-5f));
      assertThat(found)
          .usingRecursiveComparison()
          .isEqualTo(new EmbeddingMessage(RUN, id, image.label(), LIVE, LIVE, 7, found.vector()));
    }
    assertThat(terminal.out()).contains("12 images cannot be read again and are mapped");
    for (int i = 0; i < GONE; i++) {
      EmbeddingMessage mapped = topic.get("gone-" + i);
      assertThat(mapped.mapped()).isTrue();
      assertThat(mapped.release()).isEqualTo(LIVE);
      assertThat(mapped.modelVersion()).isEqualTo(BEFORE);
      LabeledImage image = images.get(ids.get(10 + i));
      assertThat(distance(mapped.vector(), embed(live, image)))
          .isLessThan(0.5 * distance(embed(before, image), embed(live, image)));
    }

    Path vectors = directory.resolve("vectors");
    assertThat(command("export", "vectors", "--release", "64", "--out", vectors.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("130 vectors of release 64 of run run-1");
    assertThat(Files.readAllLines(vectors.resolve("vectors.csv")))
        .hasSize(1 + 118 + GONE)
        .anyMatch(line -> line.startsWith("gone-0,class-0,true,"))
        .noneMatch(line -> line.startsWith(newer + ","));

    int written = records().size();
    assertThat(reindex("--model", Long.toString(LIVE))).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("0 images embedded under release 64");
    assertThat(records()).hasSize(written);
  }

  /** Without a quarantine, where it was by pinning an earlier version. */
  @Test
  void whatACommandHasTakenBackIsEmbeddedAnew() throws Exception {
    Map<String, LabeledImage> images = produce();
    TestingBatches.send(
        broker,
        List.of(
            embedding("0-0", images.get("0-0"), before, 96),
            embedding("0-1", images.get("0-1"), before, 128),
            pointer(LIVE, List.of())));
    assertThat(reindex()).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("120 images embedded under release 64");

    TestingBatches.send(
        broker,
        List.of(
            embedding("0-0", images.get("0-0"), before, 96),
            embedding("0-1", images.get("0-1"), before, 128),
            pointer(128, List.of(96L))));
    assertThat(reindex("--model", Long.toString(LIVE))).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("1 images embedded under release 64");
    assertThat(embeddings().get("0-1").release()).isEqualTo(128);
  }

  /** Whether the last embedding is of an earlier release or mapped to this one. */
  @Test
  void labelAndWindowStayAsTheJobLastSaidThem() throws Exception {
    Map<String, LabeledImage> images = produce();
    LabeledImage withdrawn = images.get("0-0");
    LabeledImage corrected = images.get("0-1");
    TestingBatches.send(
        broker,
        List.of(
            pointer(),
            new EmbeddingMessage(RUN, "0-0", null, BEFORE, BEFORE, 7, embed(before, withdrawn))
                .toProducerRecord(TOPICS.embeddings()),
            new EmbeddingMessage(
                    RUN, "0-1", "right", BEFORE, LIVE, true, 9, embed(before, corrected))
                .toProducerRecord(TOPICS.embeddings())));

    assertThat(reindex()).as(terminal.err()).isEqualTo(ExitCode.OK);

    assertThat(embeddings())
        .hasEntrySatisfying(
            "0-0",
            found -> assertThat(found).usingRecursiveComparison().isEqualTo(of(found, null, 7)))
        .hasEntrySatisfying(
            "0-1",
            found -> assertThat(found).usingRecursiveComparison().isEqualTo(of(found, "right", 9)))
        .hasEntrySatisfying(
            "0-2",
            found ->
                assertThat(found).usingRecursiveComparison().isEqualTo(of(found, "class-0", -1)));
  }

  /** Partitions are read in any order, so that each is the other's earlier one for once. */
  @Test
  void ofRecordsInSeveralPartitionsTheLaterOneCounts() throws Exception {
    Path folder = TestingFolders.striped(directory.resolve("stripes"), 1, 1);
    byte[] png = Files.readAllBytes(folder.resolve("class-0/0.png"));
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(List.of(pointer()));
    for (int partition = 0; partition < 2; partition++) {
      records.add(image(partition, 1, "removed-" + partition, png));
      records.add(image(1 - partition, 2, "removed-" + partition, null));
      records.add(image(partition, 1, "back-" + partition, null));
      records.add(image(1 - partition, 2, "back-" + partition, png));
    }
    TestingBatches.send(broker, records);

    assertThat(reindex()).as(terminal.err()).isEqualTo(ExitCode.OK);

    assertThat(embeddings()).containsOnlyKeys("back-0", "back-1");
  }

  private static ProducerRecord<byte[], byte[]> image(
      int partition, long time, String id, byte[] png) {
    return new ProducerRecord<>(TOPICS.images(), partition, time, id.getBytes(UTF_8), png);
  }

  /** Versions 64 and 96 were published before the run was set back and came to 64 again. */
  @Test
  void whatGoingBackGaveUpIsEmbeddedAnew() throws Exception {
    Map<String, LabeledImage> images = produce();
    publish(before, LIVE, 1, null);
    manifest = publish(live, LIVE);
    publish(before, 96, 63, "set back");
    ProducerRecord<byte[], byte[]> former = embedding("0-1", images.get("0-1"), before, LIVE);
    TestingBatches.send(
        broker,
        List.of(
            pointer(),
            embedding("0-0", images.get("0-0"), before, 96),
            new ProducerRecord<>(former.topic(), 0, 63L, former.key(), former.value()),
            embedding("0-2", images.get("0-2"), live, LIVE)));
    Path vectors = directory.resolve("vectors");
    assertThat(command("export", "vectors", "--out", vectors.toString())).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("1 vectors of release 64 of run run-1");
    assertThat(terminal.err())
        .contains(
            "1 vectors of release 64 of run run-1 are older than its model",
            "'quadstream reindex'");
    assertThat(Files.readAllLines(vectors.resolve("vectors.csv")))
        .hasSize(2)
        .anyMatch(line -> line.startsWith("0-2,"));

    assertThat(reindex()).as(terminal.err()).isEqualTo(ExitCode.OK);

    assertThat(terminal.out()).contains("119 images embedded under release 64");
    Map<String, EmbeddingMessage> topic = embeddings();
    for (String id : List.of("0-0", "0-1", "0-2")) {
      assertThat(topic.get(id).release()).isEqualTo(LIVE);
      assertThat(topic.get(id).vector())
          .containsExactly(embed(live, images.get(id)), within(1e-5f));
    }
  }

  @Test
  void whatWasEmbeddedBeforeAClockWasSetBackIsOfTheModelAllTheSame() throws Exception {
    Map<String, LabeledImage> images = produce();
    ProducerRecord<byte[], byte[]> early = embedding("0-1", images.get("0-1"), live, LIVE);
    TestingBatches.send(
        broker,
        List.of(
            pointer(),
            new ProducerRecord<>(early.topic(), 0, LIVE - 1L, early.key(), early.value())));

    Path vectors = directory.resolve("vectors");
    assertThat(command("export", "vectors", "--out", vectors.toString())).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("1 vectors of release 64 of run run-1");
    assertThat(reindex()).as(terminal.err()).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("119 images embedded under release 64");
  }

  private static EmbeddingMessage of(EmbeddingMessage found, String label, long window) {
    return new EmbeddingMessage(RUN, found.id(), label, LIVE, LIVE, window, found.vector());
  }

  @Test
  void photographsAreEmbeddedBeforeTheyFillTheHeap() {
    ImageShape shape = new ImageShape(3, 1_024, 1_024);
    byte[] pixels = new byte[shape.size()];
    new Random(5).nextBytes(pixels);
    byte[] photograph = PixelImages.toPng(new PixelImage(shape, pixels));
    ReleaseKey release = new ReleaseKey(RUN, LIVE);
    try (TopicReader topic =
            new TopicReader(broker.connection(), TOPICS.embeddings(), TopicReader.Start.BEGINNING);
        KafkaImageProducer producer =
            new KafkaImageProducer(broker.connection(), TOPICS.embeddings())) {
      Reindexing reindexing =
          new Reindexing(
              new ServedModel(release, live),
              new ImageDecoder(TestingNetworks.INPUT, ImageLimits.defaults()),
              new KnownEmbeddings(release, Long.MIN_VALUE, List.of(), Optional::empty, topic),
              producer);
      for (int i = 0; i < 12; i++) {
        reindexing.add(new ImageReceived("photograph-" + i, "cup", 1, photograph));
      }

      assertThat(12 * photograph.length).isGreaterThan(37_000_000);
      assertThat(reindexing.sent()).isBetween(1L, 11L);
      reindexing.finish();
      assertThat(reindexing.sent()).isEqualTo(12);
    }
    assertThat(embeddings()).hasSize(12);
  }

  @Test
  void behindABackboneImagesAreEmbeddedFromTheirFeaturesAndOneWithoutAnyStopsNothing()
      throws Exception {
    Path file = directory.resolve("backbone.onnx");
    // Of bytes, so that a black image has no feature but 0.
    Files.write(file, TestingOnnx.bytesOneOutput(1));
    NetworkSpec spec =
        PipelineSettings.of(
                Configuration.fromMap(
                    Map.of(
                        "network.backbone", file.toString(),
                        "network.embedding-size", "16",
                        "network.metric", "EUCLIDEAN")))
            .network();
    live.close();
    live = QuadrupletNetwork.create(spec);
    manifest = publish(live, 128);
    Map<String, LabeledImage> images = produce();
    byte[] black = PixelImages.toPng(new PixelImage(spec.input(), new byte[spec.input().size()]));
    try (KafkaImageProducer producer = imageProducer()) {
      producer.send("black", "class-0", "image/png", black, 3);
    }

    assertThat(reindex("--model=128", "--set=network.backbone=" + file))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);

    assertThat(terminal.out()).contains("120 images embedded under release 128");
    assertThat(terminal.out() + terminal.err()).contains("black", "backbone makes nothing of it");
    ImageDecoder decoder = new ImageDecoder(spec.input(), ImageLimits.defaults());
    Map<String, EmbeddingMessage> topic = embeddings();
    assertThat(topic).doesNotContainKey("black").containsOnlyKeys(images.keySet());
    byte[] png = Files.readAllBytes(directory.resolve("stripes/class-3/5.png"));
    assertThat(topic.get("3-5").vector())
        .containsExactly(live.embed(List.of(decoder.decode(png)))[0], within(1e-5f));
  }

  private Map<String, LabeledImage> produce() throws Exception {
    Path folder = TestingFolders.striped(directory.resolve("stripes"), CLASSES, EACH);
    ImageDecoder decoder = new ImageDecoder(TestingNetworks.INPUT, ImageLimits.defaults());
    Map<String, LabeledImage> images = new LinkedHashMap<>();
    try (KafkaImageProducer producer = imageProducer()) {
      for (int label = 0; label < CLASSES; label++) {
        for (int i = 0; i < EACH; i++) {
          String id = label + "-" + i;
          byte[] png = Files.readAllBytes(folder.resolve("class-" + label + "/" + i + ".png"));
          byte[] first =
              Files.readAllBytes(folder.resolve("class-" + label + "/" + (EACH - 1 - i) + ".png"));
          // What came first is not what is to be embedded.
          producer.send(id, "another", "image/png", first, 1);
          producer.send(id, "class-" + label, "image/png", png, 2);
          images.put(id, new LabeledImage(id, "class-" + label, 0, decoder.decode(png)));
        }
      }
    }
    return images;
  }

  private KafkaImageProducer imageProducer() {
    return new KafkaImageProducer(broker.connection(), TOPICS.images());
  }

  private ModelManifest publish(QuadrupletNetwork network, long version) {
    return publish(network, version, version, null);
  }

  private ModelManifest publish(
      QuadrupletNetwork network, long version, long createdAt, String job) {
    return new ModelRegistry(new org.apache.flink.core.fs.Path(models().toUri()))
        .publish(
            ModelManifest.draft(
                    new ModelManifest.Identity(NAME, RUN, version),
                    version - 1,
                    createdAt,
                    new ModelManifest.Network("config", "small", "euclidean", 16, "1x28x28", null),
                    new ModelManifest.Margins(0.5, 0.25),
                    Map.of())
                .of(job),
            ModelFile.write(network, new ModelInfo(version, 0.5, 0.25, Map.of())));
  }

  private Path models() {
    return directory.resolve("models");
  }

  private ProducerRecord<byte[], byte[]> pointer() {
    return pointer(LIVE, List.of());
  }

  private ProducerRecord<byte[], byte[]> pointer(long version, List<Long> quarantined) {
    Release release =
        new Release(
            new ModelManifest.Identity(NAME, RUN, version),
            manifest.file(),
            1,
            128,
            new ReleaseDecision(version, BEFORE, "gate", "released", false, quarantined, null));
    return new ProducerRecord<>(
        TOPICS.releases(), NAME.getBytes(UTF_8), JsonMessages.write(release));
  }

  private static ProducerRecord<byte[], byte[]> embedding(
      String id, LabeledImage image, QuadrupletNetwork network, long release) {
    return new EmbeddingMessage(RUN, id, image.label(), release, release, 7, embed(network, image))
        .toProducerRecord(TOPICS.embeddings());
  }

  private static float[] embed(QuadrupletNetwork network, LabeledImage image) {
    return network.embed(List.of(image.image()))[0];
  }

  private static double distance(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += Math.pow((double) x[i] - y[i], 2);
    }
    return Math.sqrt(sum);
  }

  private int reindex(String... more) {
    List<String> arguments = new ArrayList<>(List.of("reindex"));
    arguments.addAll(List.of(more));
    return command(arguments.toArray(String[]::new));
  }

  private int command(String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(
        List.of(
            "--set=kafka.bootstrap-servers=" + broker.bootstrapServers(),
            "--set=kafka.topic-prefix=" + TOPICS.prefix(),
            "--set=registry.directory=" + models().toUri()));
    return terminal.run(arguments.toArray(String[]::new));
  }

  private List<ConsumerRecord<byte[], byte[]>> records() {
    try (TopicReader reader =
        new TopicReader(broker.connection(), TOPICS.embeddings(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE);
    }
  }

  private Map<String, EmbeddingMessage> embeddings() {
    Map<String, EmbeddingMessage> latest = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records()) {
      String id = new String(record.key(), UTF_8);
      if (record.value() == null) {
        latest.remove(id);
      } else {
        latest.put(id, EmbeddingMessage.fromJson(record.value()));
      }
    }
    return latest;
  }
}
