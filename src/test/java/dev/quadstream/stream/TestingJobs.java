package dev.quadstream.stream;

import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.operator.TestingTrainer;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.TrainerState;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What tests on a cluster do with a job beyond what users can. */
public final class TestingJobs {

  private TestingJobs() {}

  /**
   * Submits the job as {@link JobLauncher#submit} does, under further settings of Flink.
   *
   * @param jobManager REST address of a cluster that has this class path
   */
  public static RunningJob submit(
      PipelineSettings settings, InetSocketAddress jobManager, Configuration further)
      throws Exception {
    Configuration flink = JobLauncher.flinkConfiguration(settings, null);
    flink.addAll(further);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createRemoteEnvironment(
            jobManager.getHostString(), jobManager.getPort(), flink);
    new QuadstreamJob(settings, KafkaConnectors.of(settings)).addTo(environment);
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
