package dev.quadstream.serve.feed;

import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.kafka.PipelineJobs;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.serve.state.RunHealth;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.common.KafkaException;

/**
 * Asks Kafka now and then whether it is there, which jobs run, and how many images wait. For one
 * thread.
 */
public final class KafkaProbe {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final String bootstrapServers;
  private final Properties properties;
  private final String group;
  private final String imageTopic;
  private final String network;
  private final RunHealth health;

  public KafkaProbe(
      String bootstrapServers,
      Properties properties,
      String group,
      String imageTopic,
      String network,
      RunHealth health) {
    this.bootstrapServers = bootstrapServers;
    this.properties = properties;
    this.group = group;
    this.imageTopic = imageTopic;
    this.network = network;
    this.health = health;
  }

  /** Asks once, for up to a few seconds, and tells the health. */
  public void ask() {
    try (TopicAdmin admin = new TopicAdmin(bootstrapServers, properties, TIMEOUT)) {
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
