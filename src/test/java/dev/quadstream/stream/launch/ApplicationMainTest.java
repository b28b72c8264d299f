package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.stream.options.ConfigurationException;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationMainTest {

  @TempDir private Path directory;

  @Test
  void flagsWinOverTheEnvironmentAndThatOverTheFile() throws IOException {
    Path file = directory.resolve("job.yaml");
    Files.writeString(file, "window.images: 16\nparallelism: 2\nseed: 7\n");

    PipelineSettings settings =
        ApplicationMain.read(
                new String[] {"--config", file.toString(), "--set", "window.images=32"},
                Map.of("QUADSTREAM_WINDOW_IMAGES", "8", "QUADSTREAM_PARALLELISM", "3"))
            .settings();

    assertThat(settings.get(WindowConfig.IMAGES)).isEqualTo(32);
    assertThat(settings.get(JobConfig.PARALLELISM)).isEqualTo(3);
    assertThat(settings.get(JobConfig.SEED)).isEqualTo(7);
  }

  @Test
  void anUnknownOptionIsNamed() {
    assertThatThrownBy(() -> settings("--set", "window.image=32"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("window.image");
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> settings("--set"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--set");
    assertThatThrownBy(() -> settings("--seed", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--seed");
  }

  @Test
  void aNewRunAndOneThatGoesOnExcludeEachOther() {
    assertThat(ApplicationMain.read(new String[] {"--new-run", "--set", "seed=3"}, Map.of()))
        .matches(ApplicationMain.Application::newRun);
    assertThat(ApplicationMain.read(new String[0], Map.of()).newRun()).isFalse();
    assertThatThrownBy(() -> settings("--new-run", "--from-savepoint", "latest"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--new-run begins anew and --from-savepoint goes on");
  }

  @Test
  void whatToGoOnFromIsPassedThrough() {
    String[] arguments = {"--from-savepoint", "s3://bucket/savepoint-1", "--set", "seed=3"};

    assertThat(ApplicationMain.read(arguments, Map.of()).savepoint())
        .isEqualTo("s3://bucket/savepoint-1");
    assertThat(ApplicationMain.read(new String[0], Map.of()).savepoint()).isNull();
  }

  @Test
  void anotherNumberOfReplicasIsAskedForByAFlagWithoutAValue() {
    assertThat(settings("--rescale", "--set", "seed=3").mayRescale()).isTrue();
    assertThat(settings("--set", "seed=3").mayRescale()).isFalse();
  }

  /** The operator gives a deployment that was deleted and applied again another id. */
  @Test
  void highAvailabilityKnowsOnlyTheJobThatHasTheIdOfTheOneBefore() {
    PipelineSettings settings = settings("--set", "checkpoint.directory=" + directory);
    StartingPoint startingPoint = new StartingPoint(settings);
    String first = new JobID(1, 1).toHexString();
    String second = new JobID(2, 2).toHexString();
    assertThat(ApplicationMain.remembers(highlyAvailable(first), startingPoint)).isTrue();

    progressOf(settings).begin(first, null);
    progressOf(settings).completed(first, directory + "/chk-1");

    assertThat(ApplicationMain.remembers(highlyAvailable(first), startingPoint)).isTrue();
    assertThat(ApplicationMain.remembers(highlyAvailable(null), startingPoint)).isTrue();
    assertThat(ApplicationMain.remembers(highlyAvailable(second), startingPoint)).isFalse();
    assertThatThrownBy(() -> startingPoint.resolve(null, false))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(first);
    Configuration upgraded = highlyAvailable(second);
    upgraded.set(StateRecoveryOptions.SAVEPOINT_PATH, "file:///savepoint-1");
    assertThat(ApplicationMain.remembers(upgraded, startingPoint)).isTrue();
    assertThat(ApplicationMain.remembers(new Configuration(), startingPoint)).isFalse();
  }

  @Test
  void whatMayPassEndsSoThatTheProcessIsStartedAgain() {
    assertThat(ApplicationMain.exitCode(StartRefusedException.passing("the file is away", null)))
        .isEqualTo(75);
    assertThat(ApplicationMain.exitCode(new StartRefusedException("nothing fits"))).isEqualTo(78);
    assertThat(ApplicationMain.exitCode(new IllegalArgumentException("--seed"))).isEqualTo(78);
  }

  @Test
  void tasksOfADeadJobManagerMayTakeAsLongToEndAsTheClusterLetsThem() {
    Configuration flink = new Configuration();
    assertThat(ApplicationMain.orphaned(flink)).isEqualTo(Duration.ofSeconds(50 + 180));

    flink.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofMinutes(5));
    flink.set(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, Duration.ofMinutes(10));
    assertThat(ApplicationMain.orphaned(flink)).isEqualTo(Duration.ofMinutes(15));
  }

  private static Configuration highlyAvailable(String job) {
    Configuration flink = new Configuration();
    flink.set(HighAvailabilityOptions.HA_MODE, "kubernetes");
    if (job != null) {
      flink.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, job);
    }
    return flink;
  }

  private static ProgressFile progressOf(PipelineSettings settings) {
    return new ProgressFile(settings.checkpointDirectory(), settings.kafkaName());
  }

  private static PipelineSettings settings(String... arguments) {
    return ApplicationMain.read(arguments, Map.of()).settings();
  }
}
