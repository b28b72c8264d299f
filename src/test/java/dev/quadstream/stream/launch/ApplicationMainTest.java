package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.stream.options.ConfigurationException;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

  private static PipelineSettings settings(String... arguments) {
    return ApplicationMain.read(arguments, Map.of()).settings();
  }
}
