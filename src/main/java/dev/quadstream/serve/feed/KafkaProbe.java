package dev.quadstream.serve.feed;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.kafka.PipelineJobs;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.serve.state.RunHealth;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;

/**
 * Asks Kafka now and then whether it is there, which jobs run, and how many images wait. For one
 * thread.
 */
public final class KafkaProbe {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final KafkaConnection kafka;
  private final String group;
  private final String imageTopic;
  private final String network;
  private final RunHealth health;

  public KafkaProbe(
      KafkaConnection kafka, String group, String imageTopic, String network, RunHealth health) {
    this.kafka = kafka;
    this.group = group;
    this.imageTopic = imageTopic;
    this.network = network;
    this.health = health;
  }

  /** Asks once, for up to a few seconds, and tells the health. */
  public void ask() {
    try (TopicAdmin admin = new TopicAdmin(kafka, TIMEOUT)) {
      admin.requireReachable();
      health.kafka(null);
      health.jobs(PipelineJobs.of(admin, imageTopic, network));
      OptionalLong lag = admin.lag(group, imageTopic);
      health.lag(lag.isPresent() ? (Long) lag.getAsLong() : null);
    } catch (KafkaUnreachableException e) {
      health.kafka(e.getMessage());
    } catch (MissingTopicException e) {
      health.lag(null);
    } catch (KafkaException e) {
      // Such as a group that this user may not see: the page does without the figure.
      health.lag(null);
    }
  }
}
