package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.LabelMessage;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.state.Feedback;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Answers to images without a label, and the labels that they get, on their way to the page. */
public final class AnswerTopics {

  private static final long RECORDS = 20_000;

  private final Topics topics;
  private final Feedback feedback;

  public AnswerTopics(Topics topics, Feedback feedback) {
    this.topics = topics;
    this.feedback = feedback;
  }

  /** How many of its last records each topic is read from. */
  public Map<String, Long> depths() {
    return Map.of(topics.matches(), RECORDS, topics.labels(), RECORDS);
  }

  public void take(ConsumerRecord<byte[], byte[]> message) {
    if (message.topic().equals(topics.labels())) {
      feedback.labelled(LabelMessage.of(message));
    } else if (message.value() == null) {
      feedback.removed(new String(message.key(), UTF_8));
    } else {
      feedback.answered(JsonMessages.read(message.value(), MatchMessage.class));
    }
  }
}
