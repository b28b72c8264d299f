package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.PipelineJobs;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two jobs that are alike in broker, topics and network, each in a process of its own. */
@Tag("long")
class SecondJobIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int CONFIGURATION = 78;
  private static final Topics TOPICS = new Topics("it.");

  @TempDir Path directory;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void aSecondJobIsRefusedAndOneAfterAKillIsNot() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("kafka"), 0);
        TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(TOPICS, 1, 1);
      Process first = run(broker, "first");
      String job = awaitJobs(admin, 1).hosts().firstKey();

      Process second = run(broker, "second");
      assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(printed("second"))
          .contains("There is already job " + job, "kafka.topic-prefix", "Stop that one first");
      assertThat(second.exitValue()).isEqualTo(CONFIGURATION);

      first.destroyForcibly().waitFor();
      Process third = run(broker, "third", "--new-run");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(PipelineJobs.of(admin, TOPICS.images(), "quadstream").hosts())
                      .as(printed("third"))
                      .hasSize(1)
                      .doesNotContainKey(job));
      assertThat(third.isAlive()).isTrue();

      // What was submitted by other means finds itself beside another.
      PipelineSettings settings = TestingJobs.settings(broker, directory.resolve("fourth"));
      RunningJob fourth = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
      PipelineJobs both = awaitJobs(admin, 2);
      assertThat(both.hosts()).containsKey(fourth.id());
      awaitPrinted("third", "Beside this job there is job " + fourth.id());
      run(broker, "doctor");
      awaitPrinted("doctor", "More than one job trains on the same images: " + both);
      fourth.cancel();
    }
  }

  private void awaitPrinted(String name, String text) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(printed(name)).contains(text));
  }

  private static PipelineJobs awaitJobs(TopicAdmin admin, int count) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> PipelineJobs.of(admin, TOPICS.images(), "quadstream"),
            jobs -> jobs.hosts().size() == count);
  }

  private Process run(KafkaBroker broker, String name, String... further) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As the start script does.
    command.add("-Dlog4j2.configurationFile=classpath:dev/quadstream/cli/log4j2.properties");
    command.add("-Dquadstream.log=" + directory.resolve("quadstream.log"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.quadstream.cli.Quadstream");
    command.addAll(
        name.equals("doctor") ? List.of("doctor", "--kafka") : List.of("run", "--web-port", "0"));
    command.addAll(List.of("--set", "kafka.bootstrap-servers=" + broker.bootstrapServers()));
    command.addAll(List.of("--set", "kafka.topic-prefix=it."));
    command.addAll(List.of("--set", "registry.directory=" + directory.resolve(name + "/models")));
    command.addAll(
        List.of("--set", "checkpoint.directory=" + directory.resolve(name + "/checkpoints")));
    command.addAll(List.of(further));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private String printed(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".log"));
  }
}
