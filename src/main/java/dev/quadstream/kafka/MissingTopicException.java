package dev.quadstream.kafka;

import java.util.Collection;
import java.util.stream.Collectors;

/** Topics are not there; the message names them and the commands that create them. */
public final class MissingTopicException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MissingTopicException(Collection<String> topics, String bootstrapServers) {
    super(message(topics, bootstrapServers));
  }

  private static String message(Collection<String> topics, String bootstrapServers) {
    String names =
        topics.stream().map(topic -> "'" + topic + "'").collect(Collectors.joining(", "));
    String commands =
        topics.stream()
            .map(topic -> System.lineSeparator() + "  " + createCommand(topic, bootstrapServers))
            .collect(Collectors.joining());
    return "Kafka at %s has no topic %s. Create it with 'quadstream topics create' and the same options, or with:%s"
        .formatted(bootstrapServers, names, commands);
  }

  private static String createCommand(String topic, String bootstrapServers) {
    StringBuilder command = new StringBuilder("kafka-topics.sh --bootstrap-server ");
    command.append(bootstrapServers).append(" --create --topic ").append(topic);
    if (Topics.isInOrder(topic)) {
      command.append(" --partitions 1");
    }
    Topics.settingsOf(topic)
        .forEach((name, value) -> command.append(" --config ").append(name + "=" + value));
    return command.toString();
  }
}
