package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to topics and registry what a job does that has releases. */
final class TestingReleases implements AutoCloseable {

  static final String NETWORK = "searched";
  static final String RUN = "run-1";
  static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  private final Topics topics;
  private final ModelRegistry registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private long sent;

  TestingReleases(String bootstrapServers, Topics topics, Path directory) {
    this.topics = topics;
    this.registry = new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri()));
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrapServers);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A picture that differs for each seed. */
  static PixelImage image(int seed) {
    byte[] pixels = new byte[SHAPE.size()];
    new Random(seed).nextBytes(pixels);
    return new PixelImage(SHAPE, pixels);
  }

  /** A network of its own parameters for each version, untrained; to be closed by the caller. */
  static QuadrupletNetwork network(long version) {
    return QuadrupletNetwork.create(
        new NetworkSpec(
            TrunkKind.SMALL, SHAPE, null, 16, MetricKind.LEARNED, UpdaterKind.ADAM, 1e-3, version));
  }

  /** Puts the version's model into the registry. */
  ModelManifest publish(long version) {
    try (QuadrupletNetwork network = network(version)) {
      return registry.publish(
          ModelManifest.draft(
              new ModelManifest.Identity(NETWORK, RUN, version),
              version - 1,
              1_700_000_000_000L,
              new ModelManifest.Network(
                  network.spec().configHash(), "small", "learned", 16, SHAPE.toString(), null),
              new ModelManifest.Margins(0.5, 0.25),
              Map.of()),
          ModelFile.write(network, new ModelInfo(version, 0.5, 0.25, Map.of())));
    }
  }

  /** Makes a version live. */
  void release(long version) {
    Release release =
        new Release(
            new ModelManifest.Identity(NETWORK, RUN, version),
            ModelManifest.File.NONE,
            1_700_000_000_000L,
            version,
            new ReleaseDecision(version, null, "gate", "released", false, List.of(), null));
    send(
        new ProducerRecord<>(
            topics.releases(), NETWORK.getBytes(UTF_8), JsonMessages.write(release)));
  }

  void embed(String id, String label, long release, float[] vector) {
    embed(id, label, release, release, vector);
  }

  /** Of an image that came in that window; a null label asks. */
  void embed(String id, String label, long release, long window, float[] vector) {
    send(
        new EmbeddingMessage(RUN, id, label, release, release, window, vector)
            .toProducerRecord(topics.embeddings()));
  }

  void remove(String id) {
    send(EmbeddingMessage.removal(topics.embeddings(), id, 0));
  }

  /** Any record. */
  void send(ProducerRecord<byte[], byte[]> record) {
    producer.send(record);
    sent++;
  }

  /** Returns how many records of embeddings and releases there are, all of which are written. */
  long sent() {
    producer.flush();
    return sent;
  }

  @Override
  public void close() {
    producer.close();
  }
}
