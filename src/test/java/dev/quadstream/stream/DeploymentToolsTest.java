package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The own tools of Prometheus, Alertmanager and compose on their files; skipped without them. */
class DeploymentToolsTest {

  private static final String ALERTS = "deploy/prometheus/alerts.yml";
  private static final String TESTS = "src/test/resources/prometheus/alerts-test.yml";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "promtool check rules " + ALERTS,
        "promtool check config deploy/prometheus/prometheus.yml",
        "promtool test rules " + TESTS,
        "amtool check-config deploy/prometheus/alertmanager.yml",
        "docker-compose config --quiet"
      })
  void theToolAccepts(String command) throws Exception {
    String tool = command.split(" ", 2)[0];
    assumeTrue(isInstalled(tool), tool + " is not on the PATH; .ci/run installs it on Debian");
    Process process = new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(printed).isZero();
  }

  private static boolean isInstalled(String tool) {
    return Arrays.stream(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
  }
}
