package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.Part;
import dev.quadstream.image.ImageLimits;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import picocli.CommandLine;

class DatasetArgumentsTest {

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatIsPrintedToBeTypedAgainIsWhatAShellMakesTheSameFlagsOf() throws IOException {
    String[] flags = {
      "--dataset",
      "my photos/o'neil.csv",
      "--layout",
      "nested",
      "--part",
      "all",
      "--labels",
      "$labels.gz",
      "--root",
      "/data/\u043c\u043e\u0438 (2)",
      "--id-prefix",
      "shop;7"
    };

    assertThat(wordsOf(arguments(flags).text())).containsExactly(flags);
    assertThat(arguments("--dataset", "../photos-1/a_b.csv").text())
        .isEqualTo("--dataset ../photos-1/a_b.csv");
  }

  @Test
  void iconsHaveNoParts() {
    ImageLimits limits = ImageLimits.defaults();
    DatasetArgument train =
        arguments("--dataset", "icons", "--part", "train").dataset(Part.TEST, limits);

    assertThatThrownBy(train::open)
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("icons is not divided", "--part train");
    assertThatThrownBy(() -> ImageFeed.of(train, null, 1)).isInstanceOf(DatasetException.class);
    assertThat(arguments("--dataset", "icons", "--part", "all").dataset(Part.TEST, limits).open())
        .isNotNull();
  }

  private static DatasetArguments arguments(String... flags) {
    DatasetArguments arguments = new DatasetArguments();
    new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(flags);
    return arguments;
  }

  private static List<String> wordsOf(String command) throws IOException {
    Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\n' " + command).start();
    return new String(shell.getInputStream().readAllBytes(), UTF_8).lines().toList();
  }
}
