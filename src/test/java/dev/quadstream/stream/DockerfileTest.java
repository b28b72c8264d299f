package dev.quadstream.stream;

import static dev.quadstream.stream.TestingDeployment.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;

/** The image, as far as it can be told without building it. */
class DockerfileTest {

  private final String dockerfile = text("Dockerfile");

  @Test
  void theImageIsBuiltFromTheFlinkThatTheJobIsTestedWithAndNotRunAsRoot() {
    List<String> bases =
        Pattern.compile("(?m)^FROM (\\S+)")
            .matcher(dockerfile)
            .results()
            .map(m -> m.group(1))
            .toList();

    assertThat(bases).hasSize(2).allMatch(TestingDeployment::isPinned);
    assertThat(bases.get(1))
        .startsWith("flink:" + EnvironmentInformation.getVersion() + "-java17@");
    assertThat(dockerfile.lastIndexOf("USER flink"))
        .isGreaterThan(dockerfile.lastIndexOf("USER root"));
  }

  @Test
  void theImageSetsTheEnvironmentThatTheNativesNeed() {
    assertThat(environmentOfTheImage("MALLOC_MMAP_THRESHOLD_")).isEqualTo("1000000");
    assertThat(environmentOfTheImage("MALLOC_ARENA_MAX")).isEqualTo("2");
    assertThat(environmentOfTheImage("DISABLE_JEMALLOC")).as("both are glibc's").isEqualTo("true");
  }

  @Test
  void theImageHasTheDirectoriesThatAreMounted() {
    for (String directory : List.of("checkpoints", "savepoints", "models")) {
      assertThat(dockerfile).contains("/opt/quadstream/" + directory);
    }
  }

  private String environmentOfTheImage(String name) {
    return Pattern.compile("\\b" + name + "=(\\S+)")
        .matcher(dockerfile)
        .results()
        .map(match -> match.group(1))
        .findFirst()
        .orElseThrow();
  }
}
