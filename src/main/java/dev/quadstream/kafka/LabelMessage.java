package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A label that comes apart from its image, as the labels topic carries it under the image's id.
 *
 * @param id the image's id
 * @param label its class; null withdraws what was said
 */
public record LabelMessage(String id, String label) {

  /**
   * A label as the job takes it: in its one spelling, within its bounds.
   *
   * @throws IllegalArgumentException saying what is wrong with the id or the label
   */
  public static LabelMessage checked(String id, String label) {
    RecordJson json = new RecordJson(1);
    try {
      return new LabelMessage(
          new ImageIds(json).ofEnvelope(id == null ? "" : id),
          label == null ? null : new ImageLabels(json).ofEnvelope(label));
    } catch (RejectedRecordException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** What a record of the topic says. */
  public static LabelMessage of(ConsumerRecord<byte[], byte[]> message) {
    return new LabelMessage(
        new String(message.key(), UTF_8),
        message.value() == null ? null : new String(message.value(), UTF_8));
  }

  /** The record that replaces what was said of the image before. */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    return new ProducerRecord<>(
        topic, id.getBytes(UTF_8), label == null ? null : label.getBytes(UTF_8));
  }
}
