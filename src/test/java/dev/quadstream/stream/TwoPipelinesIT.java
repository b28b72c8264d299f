package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two jobs with exactly-once delivery on one broker, alike but for their topics' prefix. */
@Tag("long")
class TwoPipelinesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int WINDOW_IMAGES = 16;
  private static final int WINDOWS = 12;

  @TempDir Path directory;

  @Test
  void pipelinesThatDifferByTheirPrefixNeverMeet() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("kafka"), 0)) {
      List<RunningJob> jobs = new ArrayList<>();
      for (String prefix : List.of("one.", "other.")) {
        Topics topics = new Topics(prefix);
        try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
          admin.create(topics, 1, 1);
        }
        produceHalf(broker, topics, 0);
        PipelineSettings settings = settings(broker, prefix);
        jobs.add(JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null));
      }
      awaitWindows(broker, "one.", jobs, WINDOWS / 2);
      awaitWindows(broker, "other.", jobs, WINDOWS / 2);
      widen(broker, new Topics("one.").images());
      // Each has committed transactions while the other was writing, and goes on to.
      produceHalf(broker, new Topics("one."), 1);
      produceHalf(broker, new Topics("other."), 1);

      assertThat(awaitWindows(broker, "one.", jobs, WINDOWS)).isEqualTo(counting());
      assertThat(awaitWindows(broker, "other.", jobs, WINDOWS)).isEqualTo(counting());
      assertThat(deadLetters(broker)).as("a partition that is added is no gap").isZero();
      for (RunningJob job : jobs) {
        job.cancel();
      }
    }
  }

  private static int deadLetters(KafkaBroker broker) {
    try (TopicReader reader =
        new TopicReader(
            broker.connection(), new Topics("one.").deadLetters(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).size();
    }
  }

  /** The second half lies on both partitions, and the job finds the new one within 30 s. */
  private static void widen(KafkaBroker broker, String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
    }
    try (TopicAdmin topics = new TopicAdmin(broker.connection())) {
      await().until(() -> topics.describe(List.of(topic)).get(topic).partitions().size() == 2);
    }
  }

  private PipelineSettings settings(KafkaBroker broker, String prefix) {
    return TestingJobs.settings(
        broker,
        directory.resolve(prefix),
        "kafka.topic-prefix",
        prefix,
        "kafka.delivery",
        "exactly_once",
        "window.images",
        Integer.toString(WINDOW_IMAGES));
  }

  private static void produceHalf(KafkaBroker broker, Topics topics, int half) {
    IconStream icons = IconStream.ofSeed(half);
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
      for (int i = 0; i < WINDOWS / 2 * WINDOW_IMAGES; i++) {
        EncodedImage image = icons.next();
        producer.send(
            half + "/" + image.id(), image.label(), image.contentType(), image.bytes(), i);
      }
    }
  }

  /** The windows of the committed reports; a job that fails meanwhile fails the test. */
  private static List<Long> awaitWindows(
      KafkaBroker broker, String prefix, List<RunningJob> jobs, int count) throws Exception {
    List<Long> windows = new ArrayList<>();
    try (TopicReader reader =
        new TopicReader(
            broker.connection(), new Topics(prefix).reports(), TopicReader.Start.BEGINNING)) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (windows.size() < count && System.nanoTime() < deadline) {
        reader
            .next(Duration.ofSeconds(1))
            .ifPresent(message -> windows.add(TestingJobs.report(message).identity().window()));
        for (RunningJob job : jobs) {
          if (job.hasEnded()) {
            job.await();
          }
        }
      }
    }
    return windows;
  }

  private static List<Long> counting() {
    return LongStream.range(0, WINDOWS).boxed().toList();
  }
}
