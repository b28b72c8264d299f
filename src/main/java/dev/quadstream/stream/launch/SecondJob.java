package dev.quadstream.stream.launch;

import dev.quadstream.kafka.JobPresence;
import dev.quadstream.kafka.PipelineJobs;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Refuses to start a job beside one that runs on the same topics as the same network. */
public final class SecondJob {

  private static final Duration PAUSE = Duration.ofMillis(500);

  private SecondJob() {}

  /**
   * What to tell of each job on the same topics that trains another network: it is not refused,
   * since neither disturbs the other's training, but of two records with one key a compacted topic
   * keeps the newer.
   */
  public static List<String> besides(TopicAdmin admin, PipelineSettings settings) {
    return PipelineJobs.ofOtherNetworks(
            admin, settings.topics().images(), settings.get(NetworkConfig.NAME))
        .stream()
        .map(
            jobs ->
                "There is %s: it writes to %s and %s, too, where its record of an image takes the place of this job's. Give one of them other topics with %s to keep both."
                    .formatted(
                        jobs,
                        settings.topics().embeddings(),
                        settings.topics().matches(),
                        KafkaConfig.TOPIC_PREFIX.key()))
        .toList();
  }

  /**
   * Returns if no job of the pipeline runs, or once one that has died is forgotten.
   *
   * @param ending how long a job may take to end that is ending already
   * @param waits told of once if there is something to wait for
   * @throws StartRefusedException naming the job and the ways out
   */
  public static void refuse(
      TopicAdmin admin, PipelineSettings settings, Duration ending, Consumer<String> waits)
      throws InterruptedException {
    long end = System.nanoTime() + ending.plus(JobPresence.LEASE).toNanos();
    PipelineJobs jobs = running(admin, settings);
    if (jobs.hosts().isEmpty()) {
      return;
    }
    waits.accept(
        "There is %s: waiting for up to %d s whether it is ending."
            .formatted(jobs, ending.plus(JobPresence.LEASE).toSeconds()));
    while (System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      jobs = running(admin, settings);
      if (jobs.hosts().isEmpty()) {
        return;
      }
    }
    throw new StartRefusedException(
        "There is already %s. A second one would train on each image twice, and with exactly-once they would end each other's transactions. Stop that one first, or give this one other topics with %s, and directories of its own."
            .formatted(jobs, KafkaConfig.TOPIC_PREFIX.key()));
  }

  private static PipelineJobs running(TopicAdmin admin, PipelineSettings settings) {
    String images = settings.topics().images();
    return PipelineJobs.of(admin, images, settings.get(NetworkConfig.NAME));
  }
}
