package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;

class NetworkBuffersTest {

  private static final String SETTING =
      "taskmanager.network.memory.read-buffer.required-per-gate.max";

  @Test
  void aClusterOfSeveralTaskManagersThatLacksTheSettingIsWarned() throws Exception {
    PipelineSettings replicas = TestingPipeline.settings("replicas", "2");
    PipelineSettings decoders = TestingPipeline.settings("parallelism", "2");

    assertThat(NetworkBuffers.warning(replicas, path -> json("[]")).orElseThrow())
        .contains(SETTING + ": 1", "flink-conf/config.yaml");
    assertThat(NetworkBuffers.warning(replicas, path -> config("1000"))).isPresent();
    assertThat(NetworkBuffers.warning(decoders, path -> json("[]"))).isPresent();
  }

  @Test
  void oneThatHasItAndAJobOfOneTaskManagerAreNot() throws Exception {
    assertThat(
            NetworkBuffers.warning(TestingPipeline.settings("replicas", "2"), path -> config("1")))
        .isEmpty();
    assertThat(NetworkBuffers.warning(TestingPipeline.settings(), path -> json("[]"))).isEmpty();
  }

  @Test
  void theConfigurationThatComesWithQuadstreamHasIt() {
    Path own = Path.of("flink-conf");
    assertThat(Files.isRegularFile(own.resolve("config.yaml"))).isTrue();
    Configuration flink = GlobalConfiguration.loadConfiguration(own.toString());

    assertThat(flink.toMap()).containsEntry(SETTING, "1");
  }

  private static JsonNode config(String value) {
    return json("[{\"key\": \"%s\", \"value\": \"%s\"}]".formatted(SETTING, value));
  }

  private static JsonNode json(String text) {
    return JsonMessages.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
  }
}
