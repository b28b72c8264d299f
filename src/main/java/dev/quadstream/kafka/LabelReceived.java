package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A record of the labels topic that says something.
 *
 * @param id of the image
 * @param label that it shows, or null where what was said of it is withdrawn
 */
public record LabelReceived(String id, String label) implements ParsedLabel {

  /** The record that replaces what was said of the image before. */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    return new ProducerRecord<>(
        topic, id.getBytes(UTF_8), label == null ? null : label.getBytes(UTF_8));
  }
}
