package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.operator.TestingTrainer;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.WindowReport;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** What tests on a cluster do with a job beyond what users can. */
public final class TestingJobs {

  private TestingJobs() {}

  /** Waits for what a job has yet to do; where it ends before, its failure is the test's. */
  static void await(RunningJob job, ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              if (job.hasEnded()) {
                job.await();
              }
              assertion.run();
            });
  }

  /** A record of the topic of reports, whose ledger accounts for every record that was read. */
  public static WindowReport report(ConsumerRecord<byte[], byte[]> message) {
    WindowReport report = JsonMessages.read(message.value(), WindowReport.class);
    assertThat(report.details().ledger()).allMatch(partition -> partition.unaccounted() == 0);
    return report;
  }

  /**
   * A job on this broker that leaves its files in the directory: windows by count, L = 2, P = 4;
   * {@code changes} go over it, as key, value, and so on.
   */
  static PipelineSettings settings(KafkaBroker broker, Path directory, String... changes) {
    Map<String, String> further = new HashMap<>();
    further.put("kafka.topic-prefix", "it.");
    for (int i = 0; i < changes.length; i += 2) {
      further.put(changes[i], changes[i + 1]);
    }
    return settings(broker.bootstrapServers(), directory, further);
  }

  /** The same, with the changes as a map. */
  public static PipelineSettings settings(
      String bootstrapServers, Path directory, Map<String, String> changes) {
    Map<String, String> options = new HashMap<>();
    options.put("kafka.bootstrap-servers", bootstrapServers);
    options.put("window.timeout", "0 s");
    options.put("mining.memory-images", "16");
    options.put("mining.staleness", "2");
    options.put("publish.every", "4");
    options.put("memory.capacity", "100");
    options.put("training.warm-up-windows", "5");
    options.put("registry.directory", directory.resolve("models").toString());
    options.put("checkpoint.interval", "500 ms");
    options.put("checkpoint.directory", directory.resolve("checkpoints").toString());
    options.putAll(changes);
    return PipelineSettings.of(Configuration.fromMap(options));
  }

  /**
   * Submits the job as {@link JobLauncher#submit} does, under further settings of Flink.
   *
   * @param jobManager REST address of a cluster that has this class path
   */
  public static RunningJob submit(
      PipelineSettings settings, InetSocketAddress jobManager, Configuration further)
      throws Exception {
    return submit(settings, jobManager, further, PipelineSettings.LARGEST_RECORD);
  }

  /**
   * The same with what replicas bring in files of the registry, however small it is.
   *
   * @param jobManager REST address of a cluster that has this class path
   */
  public static RunningJob submitWithFiles(PipelineSettings settings, InetSocketAddress jobManager)
      throws Exception {
    return submit(settings, jobManager, new Configuration(), 0);
  }

  private static RunningJob submit(
      PipelineSettings settings,
      InetSocketAddress jobManager,
      Configuration further,
      long largestRecord)
      throws Exception {
    Configuration flink = JobLauncher.flinkConfiguration(settings, null);
    flink.addAll(further);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createRemoteEnvironment(
            jobManager.getHostString(), jobManager.getPort(), flink);
    new QuadstreamJob(settings, KafkaConnectors.of(settings), largestRecord).addTo(environment);
    return new RunningJob(environment.executeAsync("quadstream"));
  }

  /**
   * The trainer's state in a savepoint.
   *
   * @param settings as of the job that made it
   * @param savepoint as Flink names it
   */
  public static TrainerState trainerIn(PipelineSettings settings, String savepoint)
      throws Exception {
    try (TestingTrainer trainer =
        new TestingTrainer(settings, operator("train", savepoint).getState(0))) {
      return trainer.state().trainer();
    }
  }

  private static OperatorState operator(String uid, String savepoint) throws IOException {
    Path metadata = Path.of(URI.create(savepoint)).resolve("_metadata");
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(metadata)))) {
      CheckpointMetadata read =
          Checkpoints.loadCheckpointMetadata(in, TestingJobs.class.getClassLoader(), savepoint);
      return read.getOperatorStates().stream()
          .filter(state -> state.getOperatorUid().filter(uid::equals).isPresent())
          .findFirst()
          .orElseThrow(
              () -> new IllegalArgumentException(savepoint + " has no operator " + uid + "."));
    }
  }
}
