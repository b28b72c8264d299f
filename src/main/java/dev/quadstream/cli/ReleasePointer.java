package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.registry.Release;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The pointer to a network's live model, as it moves on the releases topic. Not thread-safe. */
final class ReleasePointer implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final String network;
  private final String name;
  private final TopicReader topic;
  private byte[] newest;

  ReleasePointer(String network, KafkaCluster kafka) {
    this.network = network;
    this.name = kafka.topics().releases();
    this.topic = kafka.reader(name, TopicReader.Start.BEGINNING);
  }

  /**
   * Where it is by now; empty before the first release.
   *
   * @throws CommandException if what the topic has under the network's name is no release
   */
  Optional<Release> now() {
    topic.forEachToEnd(
        TIMEOUT,
        message -> {
          take(message);
          return true;
        });
    try {
      return newest == null
          ? Optional.empty()
          : Optional.of(JsonMessages.read(newest, Release.class));
    } catch (MalformedMessageException e) {
      throw CommandException.failed(
          "Topic %s has no release under the key %s: %s".formatted(name, network, e.getMessage()),
          e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> message) {
    if (message.key() != null && new String(message.key(), UTF_8).equals(network)) {
      newest = message.value();
    }
  }

  @Override
  public void close() {
    topic.close();
  }
}
