package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prometheus' own tool on its files; skipped where it is not installed. */
class PromtoolTest {

  private static final String ALERTS = "deploy/prometheus/alerts.yml";
  private static final String TESTS = "src/test/resources/prometheus/alerts-test.yml";

  @BeforeEach
  void promtoolIsInstalled() {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    assumeTrue(installed, "promtool is not on the PATH; on Debian: apt-get install prometheus");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check rules " + ALERTS,
        "check config deploy/prometheus/prometheus.yml",
        "test rules " + TESTS
      })
  void promtoolAccepts(String command) throws Exception {
    Process process =
        new ProcessBuilder(("promtool " + command).split(" ", -1))
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(printed).isZero();
  }
}
