package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {

  /** Three within one second, or the clock has struck between them. */
  @Test
  void demosThatStartInTheSameSecondHaveDirectoriesOfTheirOwn(@TempDir Path parent)
      throws Exception {
    Set<Path> directories = new HashSet<>();
    for (int demo = 0; demo < 3; demo++) {
      directories.add(DemoCommand.newDirectory(parent.resolve("work")));
    }
    assertThat(directories).hasSize(3).allMatch(directory -> directory.toFile().isDirectory());
  }

  @Test
  void whatIsOfKafkaIsNotAmongTheOptionsToGoOnWith() {
    Map<String, String> options = new TreeMap<>();
    options.put("kafka.properties", "sasl.jaas.config:secret");
    options.put("network.name", "it's mine");

    assertThat(DemoCommand.yaml(options)).isEqualTo("network.name: 'it''s mine'%n".formatted());
  }
}
