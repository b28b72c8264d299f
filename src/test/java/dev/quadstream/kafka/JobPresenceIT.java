package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobPresenceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NETWORK = "icons";

  @TempDir Path directory;

  @Test
  void jobsOfOnePipelineSeeEachOtherUntilTheyLeave() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(directory, 0);
        TopicAdmin admin = new TopicAdmin(broker.connection())) {
      Topics one = new Topics("one.");
      Topics other = new Topics("other.");
      admin.create(one, 1, 1);
      admin.create(other, 1, 1);
      assertThat(jobs(admin, one, NETWORK)).isEmpty();
      try (JobPresence first = join(broker, admin, one, NETWORK, "first");
          JobPresence apart = join(broker, admin, other, NETWORK, "apart");
          JobPresence another = join(broker, admin, one, "faces", "another")) {
        await().atMost(PATIENCE).until(() -> jobs(admin, one, NETWORK).contains("first"));
        try (JobPresence second = join(broker, admin, one, NETWORK, "second")) {
          await().atMost(PATIENCE).until(() -> first.others() == 1 && second.others() == 1);
          assertThat(PipelineJobs.of(admin, one.images(), NETWORK))
              .hasToString(
                  "job first on host 127.0.0.1, job second on host 127.0.0.1 on topic one.images as"
                      + " network icons");
        }
        await()
            .atMost(JobPresence.LEASE.minusSeconds(2))
            .until(() -> !jobs(admin, one, NETWORK).contains("second"));
        await().atMost(PATIENCE).until(() -> first.others() == 0);
        await().atMost(PATIENCE).until(() -> jobs(admin, one, "faces").contains("another"));
        assertThat(apart.others() + another.others()).isZero();

        assertThat(PipelineJobs.ofOtherNetworks(admin, one.images(), NETWORK))
            .hasToString("[job another on host 127.0.0.1 on topic one.images as network faces]");
        assertThat(PipelineJobs.ofOtherNetworks(admin, other.images(), NETWORK)).isEmpty();
      }
    }
  }

  private static Set<String> jobs(TopicAdmin admin, Topics topics, String network) {
    return PipelineJobs.of(admin, topics.images(), network).hosts().keySet();
  }

  private static JobPresence join(
      KafkaBroker broker, TopicAdmin admin, Topics topics, String network, String job) {
    return new JobPresence(broker.connection(), admin, topics.images(), network, job);
  }
}
