package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.LabelRecordParser;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.state.Feedback;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Answers to images without a label, and the labels that they get, on their way to the page. */
public final class FeedbackTopics {

  private static final long RECORDS = 20_000;

  private final LabelRecordParser parser = new LabelRecordParser();
  private final Topics topics;
  private final Feedback feedback;

  public FeedbackTopics(Topics topics, Feedback feedback) {
    this.topics = topics;
    this.feedback = feedback;
  }

  /** How many of its last records each topic is read from. */
  public Map<String, Long> depths() {
    return Map.of(topics.matches(), RECORDS, topics.labels(), RECORDS);
  }

  public void take(ConsumerRecord<byte[], byte[]> message) {
    if (message.topic().equals(topics.labels())) {
      // What the job makes a dead letter of says nothing here, either.
      if (parser.parse(SourceRecord.of(message)) instanceof LabelReceived label) {
        feedback.labelled(label);
      }
    } else if (message.value() == null) {
      feedback.removed(new String(message.key(), UTF_8));
    } else {
      feedback.answered(
          JsonMessages.read(message.value(), MatchMessage.class), message.timestamp());
    }
  }
}
