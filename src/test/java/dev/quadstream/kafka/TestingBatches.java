package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Batches of records in the first partition of a topic, and their damage. */
public final class TestingBatches {

  private static final int LARGEST = 256 << 20;

  private TestingBatches() {}

  /** Sends records as one batch. */
  public static void send(KafkaBroker broker, String topic, String... values) {
    // Nothing leaves before the flush.
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 60_000),
            new StringSerializer(),
            new StringSerializer())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, 0, "key of " + value, value));
      }
      producer.flush();
    }
  }

  /** Sends records, each by itself. */
  public static void send(KafkaBroker broker, List<ProducerRecord<byte[], byte[]>> records)
      throws Exception {
    send(broker, "none", records);
  }

  /** Sends records, each by itself, of any size that packs into what the topic takes. */
  static void send(
      KafkaBroker broker, String compression, List<ProducerRecord<byte[], byte[]>> records)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "compression.type",
                compression,
                "max.request.size",
                LARGEST,
                "buffer.memory",
                LARGEST),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(record).get();
      }
    }
  }

  /**
   * Damages the first batch that holds a text, as a disk may: the broker hands out what lies there.
   *
   * @param data the broker's directory
   */
  public static void damage(Path data, String topic, String text) throws IOException {
    Path log;
    try (Stream<Path> files = Files.walk(data)) {
      log =
          files
              .filter(file -> file.endsWith(topic + "-0/00000000000000000000.log"))
              .findFirst()
              .orElseThrow();
    }
    byte[] all = Files.readAllBytes(log);
    int place = new String(all, ISO_8859_1).indexOf(new String(text.getBytes(UTF_8), ISO_8859_1));
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(place);
      file.write(all[place] ^ 0xff);
    }
  }
}
