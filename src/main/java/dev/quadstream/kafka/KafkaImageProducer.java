package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends images, or their embeddings or labels, to a topic, asynchronously and without duplicates of
 * its own making.
 *
 * <p>A send that fails shows as a {@link KafkaSendException} on the next call of any method but
 * {@link #acknowledged()} and {@link #failed()}, which does what it is asked for all the same.
 * Thread-safe.
 */
public final class KafkaImageProducer implements AutoCloseable {

  private static final Duration MAX_BLOCK = Duration.ofSeconds(10);

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<KafkaSendException> failure = new AtomicReference<>();

  /**
   * Connects. Whether broker and topic are there shows at the first send, after 10 s: ask {@link
   * TopicAdmin} before.
   *
   * @param kafka with producer settings such as compression, where there are any
   */
  public KafkaImageProducer(KafkaConnection kafka, String topic) {
    this(connect(kafka), topic);
  }

  KafkaImageProducer(Producer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  private static Producer<byte[], byte[]> connect(KafkaConnection kafka) {
    // Idempotent by Kafka's default; set here, a user's acks=1 would be refused beside it.
    Properties settings =
        kafka.settings(
            Map.of(
                ProducerConfig.LINGER_MS_CONFIG,
                "5",
                ProducerConfig.BATCH_SIZE_CONFIG,
                Integer.toString(128 << 10),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                Long.toString(MAX_BLOCK.toMillis()),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(Topics.MAX_MESSAGE_BYTES)));
    try {
      return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  /**
   * Sends an image; blocks only while the client's buffer is full.
   *
   * @param id the image's id, which becomes the key
   * @param label the class; null asks what the image shows
   * @param contentType the media type of {@code encoded}, such as {@code image/png}
   * @param encoded the image's bytes; must not change until they are acknowledged
   * @param capturedAt milliseconds since the epoch
   */
  public void send(String id, String label, String contentType, byte[] encoded, long capturedAt) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, id.getBytes(UTF_8), encoded);
    if (label != null) {
      record.headers().add(HeaderNames.LABEL, label.getBytes(UTF_8));
    }
    record
        .headers()
        .add(HeaderNames.CONTENT_TYPE, contentType.getBytes(UTF_8))
        .add(HeaderNames.CAPTURED_AT, Long.toString(capturedAt).getBytes(UTF_8));
    send(id, record);
  }

  /**
   * Sends a record again, as it once came, to wherever its key leads. Its time goes into the header
   * {@link HeaderNames#CAPTURED_AT} unless that is there: as the record's own it could be past the
   * topic's retention, which would take the record away before it is read. A time that the header
   * may not have, such as one in seconds, would make it a dead letter each time, and is left out.
   */
  public void resend(SourceRecord record) {
    ProducerRecord<byte[], byte[]> again =
        new ProducerRecord<>(topic, null, null, record.key(), record.value(), record.headers());
    if (record.value() != null
        && CaptureTime.isMilliseconds(record.timestamp(), System.currentTimeMillis())
        && record.header(HeaderNames.CAPTURED_AT) == null) {
      again
          .headers()
          .add(HeaderNames.CAPTURED_AT, Long.toString(record.timestamp()).getBytes(UTF_8));
    }
    send(record.position(), again);
  }

  /** Sends an image's embedding. */
  public void send(EmbeddingMessage embedding) {
    send(embedding.id(), embedding.toProducerRecord(topic));
  }

  /** Sends a label that comes apart from its image. */
  public void send(LabelReceived label) {
    send(label.id(), label.toProducerRecord(topic));
  }

  /** Sends a message of any other kind. */
  public void send(String key, byte[] value) {
    send(key, new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
  }

  /** Sends the tombstone that removes an image. */
  public void sendRemoval(String id) {
    send(id, new ProducerRecord<>(topic, id.getBytes(UTF_8), null));
  }

  private void send(String id, ProducerRecord<byte[], byte[]> record) {
    try {
      // The callback carries the outcome, so the future is of no use.
      var unused = producer.send(record, (metadata, exception) -> completed(id, exception));
    } catch (KafkaException e) {
      // The client refused without calling back.
      completed(id, e);
    }
    throwFailure();
  }

  private void completed(String id, Exception exception) {
    if (exception == null) {
      acknowledged.incrementAndGet();
      return;
    }
    failed.incrementAndGet();
    failure.compareAndSet(null, new KafkaSendException(id, topic, exception));
  }

  private void throwFailure() {
    KafkaSendException first = failure.getAndSet(null);
    if (first != null) {
      throw first;
    }
  }

  /** How many records the broker has acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** How many records could not be sent. */
  public long failed() {
    return failed.get();
  }

  /** Returns once every record so far is acknowledged or has failed. */
  public void flush() {
    producer.flush();
    throwFailure();
  }

  /** Flushes and disconnects. */
  @Override
  public void close() {
    producer.close();
    throwFailure();
  }
}
