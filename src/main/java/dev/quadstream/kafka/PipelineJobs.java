package dev.quadstream.kafka;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that run as one pipeline, which is the topic of images and the network's name. Two of
 * them would train on each image twice, and with exactly-once end each other's transactions.
 *
 * @param topic that they read
 * @param network that they train
 * @param hosts where the broker sees each, by Flink's id of the job
 */
public record PipelineJobs(String topic, String network, SortedMap<String, String> hosts) {

  private static final Logger LOG = LoggerFactory.getLogger(PipelineJobs.class);

  /**
   * Asks the broker, which knows of one that has died until {@link JobPresence#LEASE} later. There
   * are none where this user may not see the group; the jobs see each other.
   */
  public static PipelineJobs of(TopicAdmin admin, String topic, String network) {
    SortedMap<String, String> hosts = new TreeMap<>();
    try {
      hosts.putAll(admin.members(JobPresence.group(topic, network)));
    } catch (KafkaException e) {
      LOG.debug("The jobs on topic {} are not seen.", topic, e);
    }
    return new PipelineJobs(topic, network, hosts);
  }

  /**
   * The jobs that read the same topic and train other networks. They write to the same topics as
   * this pipeline's.
   */
  public static List<PipelineJobs> ofOtherNetworks(TopicAdmin admin, String topic, String network) {
    String groups = JobPresence.group(topic, "");
    try {
      return admin.groups(groups).stream()
          .map(group -> group.substring(groups.length()))
          .filter(name -> !name.equals(network))
          .map(name -> of(admin, topic, name))
          .filter(jobs -> !jobs.hosts().isEmpty())
          .toList();
    } catch (KafkaException e) {
      LOG.debug("The jobs of other networks on topic {} are not seen.", topic, e);
      return List.of();
    }
  }

  /** The same without one. */
  public PipelineJobs but(String job) {
    SortedMap<String, String> others = new TreeMap<>(hosts);
    others.remove(job);
    return new PipelineJobs(topic, network, others);
  }

  /** Names each. */
  @Override
  public String toString() {
    return hosts.entrySet().stream()
        .map(PipelineJobs::named)
        .collect(
            Collectors.joining(", ", "", " on topic %s as network %s".formatted(topic, network)));
  }

  private static String named(Map.Entry<String, String> job) {
    return "job %s on host %s".formatted(job.getKey(), job.getValue().replaceFirst("^/", ""));
  }
}
