package dev.quadstream.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.dataset.TemporaryFiles;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.KafkaBrokerProcess;
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
import dev.quadstream.serve.http.Binding;
import dev.quadstream.serve.search.SearchService;
import dev.quadstream.serve.search.SearchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The search service in this process, with the topics of a broker in another, to which embeddings
 * go as a job would write them. The network of the release is there, so that g is told.
 */
final class SearchStream implements AutoCloseable {

  static final int DIMENSIONS = 64;

  private static final String RUN = "run";
  private static final String NETWORK = "bench";
  private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  private final Topics topics = new Topics("");
  private final SplittableRandom random = new SplittableRandom(7);
  private final KafkaBrokerProcess broker;
  private final Path directory;
  private final Producer<byte[], byte[]> producer;
  private final SearchService service;
  private final TopicReader matches;
  private long images;

  private SearchStream(KafkaBrokerProcess broker, Path directory, int gallery) {
    this.broker = broker;
    this.directory = directory;
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    publish(directory);
    for (int image = 0; image < gallery; image++) {
      send(true);
    }
    producer.flush();
    this.service =
        SearchService.start(
            new SearchSettings(
                broker.connection(),
                topics,
                new org.apache.flink.core.fs.Path(directory.toUri()),
                NETWORK,
                "bench",
                0.01,
                new SearchSettings.Images(
                    shape -> new ImageDecoder(shape, ImageLimits.defaults()),
                    ImageLimits.defaults()),
                SearchSettings.Indexes.defaults(),
                Binding.loopback(0)));
    this.matches =
        new TopicReader(broker.connection(), topics.matches(), TopicReader.Start.BEGINNING);
  }

  static SearchStream start(int gallery) {
    try {
      Path directory = TemporaryFiles.directory();
      return new SearchStream(
          KafkaBrokerProcess.launch(directory.resolve("kafka"), 0, directory.resolve("logs"))
              .awaitReady(),
          directory,
          gallery);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void publish(Path directory) {
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.SMALL,
            SHAPE,
            null,
            DIMENSIONS,
            MetricKind.LEARNED,
            UpdaterKind.ADAM,
            1e-3,
            1);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri()))
          .publish(
              ModelManifest.draft(
                  new ModelManifest.Identity(NETWORK, RUN, 0),
                  0,
                  0,
                  new ModelManifest.Network(
                      spec.configHash(), "small", "learned", DIMENSIONS, SHAPE.toString(), null),
                  new ModelManifest.Margins(0.5, 0.25),
                  Map.of()),
              ModelFile.write(network, new ModelInfo(0, 0.5, 0.25, Map.of())));
    }
  }

  private String send(boolean labelled) {
    String id = "image-" + images++;
    EmbeddingMessage embedding =
        new EmbeddingMessage(
            RUN, id, labelled ? "class-" + images % 1_000 : null, 0, 0L, images / 32, unit(random));
    ProducerRecord<byte[], byte[]> record = embedding.toProducerRecord(topics.embeddings());
    var unused = producer.send(record);
    return id;
  }

  /**
   * Asks for so many seconds, with as many labelled images between the questions.
   *
   * @return milliseconds from each question to its answer
   */
  List<Double> ask(int questionsASecond, int seconds) {
    Map<String, Long> asked = new HashMap<>();
    List<Double> millis = new ArrayList<>();
    long start = System.nanoTime();
    int questions = questionsASecond * seconds;
    for (int question = 0; question < questions; question++) {
      long due = start + question * 1_000_000_000L / questionsASecond;
      while (System.nanoTime() < due) {
        take(asked, millis, Duration.ZERO);
        LockSupport.parkNanos(100_000);
      }
      send(true);
      long now = System.nanoTime();
      asked.put(send(false), now);
    }
    long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!asked.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new BenchException(asked.size() + " questions had no answer.");
      }
      take(asked, millis, Duration.ofMillis(50));
    }
    return millis;
  }

  private void take(Map<String, Long> asked, List<Double> millis, Duration timeout) {
    for (var answer = matches.next(timeout);
        answer.isPresent();
        answer = matches.next(Duration.ZERO)) {
      Long since = asked.remove(new String(answer.get().key(), UTF_8));
      if (since != null) {
        millis.add((System.nanoTime() - since) / 1e6);
      }
    }
  }

  static float[] unit(SplittableRandom random) {
    float[] vector = new float[DIMENSIONS];
    double length = 0;
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = (float) random.nextDouble(-1, 1);
      length += (double) vector[d] * vector[d];
    }
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] /= (float) Math.sqrt(length);
    }
    return vector;
  }

  /** A unit vector at a cosine of about 0.9 to another. */
  static float[] near(float[] other, SplittableRandom random) {
    float[] noise = unit(random);
    float[] vector = new float[DIMENSIONS];
    double length = 0;
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = other[d] + 0.5f * noise[d];
      length += (double) vector[d] * vector[d];
    }
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] /= (float) Math.sqrt(length);
    }
    return vector;
  }

  @Override
  public void close() {
    matches.close();
    service.close();
    producer.close();
    broker.close();
    FileUtils.deleteDirectoryQuietly(directory.toFile());
  }
}
