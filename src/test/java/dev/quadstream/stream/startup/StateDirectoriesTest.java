package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoriesTest {

  @TempDir private Path directory;

  private final JobID job = new JobID(1, 2);

  @Test
  void aDirectoryThatTheJobManagerHasMadeIsShared() throws Exception {
    Files.createDirectories(directory.resolve(job.toHexString()));

    assertThatCode(() -> StateDirectories.requireShared(settings("30 s"), job))
        .doesNotThrowAnyException();
  }

  @Test
  void withoutSubdirectoriesThatOfTheTasksIsLookedFor() throws Exception {
    Files.createDirectories(directory.resolve("taskowned"));

    assertThatCode(() -> StateDirectories.requireShared(settings("30 s"), job))
        .doesNotThrowAnyException();
  }

  @Test
  void oneThatAnotherMachineHasMadeIsNot() {
    assertThatThrownBy(() -> StateDirectories.requireShared(settings("30 s"), job))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll("checkpoint.directory", "different machines");
  }

  @Test
  void withoutCheckpointsNoneIsNeeded() {
    assertThatCode(() -> StateDirectories.requireShared(settings("0 s"), job))
        .doesNotThrowAnyException();
    assertThat(directory).isEmptyDirectory();
  }

  private PipelineSettings settings(String interval) {
    return PipelineSettings.of(
        Configuration.fromMap(
            Map.of("checkpoint.interval", interval, "checkpoint.directory", directory.toString())));
  }
}
