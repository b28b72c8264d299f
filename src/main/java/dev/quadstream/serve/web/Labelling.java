package dev.quadstream.serve.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.KafkaSendException;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.LabelRecordParser;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.state.Feedback;
import java.io.IOException;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what people say of images to the labels topic. Thread-safe. */
final class Labelling implements AutoCloseable {

  /** A label and an id, escaped to the last character, fit twice. */
  static final int MAX_BYTES = 16 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(Labelling.class);

  /** A label that is not there is no null: where a program forgets it, nothing is withdrawn. */
  private record LabelRequest(String id, @JsonProperty(required = true) String label) {}

  private final LabelRecordParser parser = new LabelRecordParser();
  private final DashboardSettings settings;
  private final Feedback feedback;
  private KafkaImageProducer topic;

  Labelling(DashboardSettings settings, Feedback feedback) {
    this.settings = settings;
    this.feedback = feedback;
  }

  /**
   * Takes {@code {"id", "label"}}, where null withdraws what was said, and answers once it is
   * written.
   *
   * @throws RequestException 400, 413 or 415 if it is something else, 503 if Kafka did not take it
   */
  void take(HttpExchange exchange) throws IOException, RequestException {
    LabelReceived label = label(exchange);
    try {
      write(label);
    } catch (KafkaSendException | KafkaUnreachableException e) {
      LOG.warn("A label was not written.", e);
      throw new RequestException(
          503, "Kafka did not take the label; give it again. " + e.getMessage());
    }
    feedback.given(label, System.currentTimeMillis());
    Responses.sendJson(exchange, label);
  }

  private LabelReceived label(HttpExchange exchange) throws IOException, RequestException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    // What a form of another site cannot send without asking first.
    if (type == null || !type.startsWith(Responses.JSON)) {
      throw new RequestException(415, "A label is sent as " + Responses.JSON + ".");
    }
    try {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
      if (body.length > MAX_BYTES) {
        throw new RequestException(413, "A label is not that long.");
      }
      LabelRequest said = JsonMessages.readExactly(body, LabelRequest.class);
      return parser.checked(said.id(), said.label());
    } catch (MalformedMessageException e) {
      throw new RequestException(
          400,
          "Expected is {\"id\": \"cup-17\", \"label\": \"cup\"}, with a label of null to withdraw it: "
              + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new RequestException(400, e.getMessage());
    }
  }

  private synchronized void write(LabelReceived label) {
    if (topic == null) {
      topic = new KafkaImageProducer(impatient(settings.kafka()), settings.topics().labels());
    }
    topic.send(label);
    topic.flush();
  }

  /** A person waits for the outcome, and not for the two minutes that producers may take. */
  static KafkaConnection impatient(KafkaConnection kafka) {
    Map<String, String> given = kafka.properties();
    return given.containsKey(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
            || given.containsKey(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
        ? kafka
        : kafka.with(
            Map.of(
                ProducerConfig.LINGER_MS_CONFIG, "0",
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000",
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "10000"));
  }

  @Override
  public synchronized void close() {
    if (topic != null) {
      topic.close();
    }
  }
}
