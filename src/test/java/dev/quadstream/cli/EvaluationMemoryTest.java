package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.network.NetworkSpec;
import dev.quadstream.stream.options.ConfigurationLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationMemoryTest {

  private static final long GIB = 1L << 30;

  private static NetworkSpec network(String... options) {
    return new ConfigurationLoader(Map.of()).load(null, List.of(options)).settings().network();
  }

  @Test
  void moreThanTheHeapHoldsIsRefusedWithWhatItTakes() {
    NetworkSpec large =
        network("image.channels=3", "image.height=128", "image.width=128", "network.trunk=medium");

    assertThatThrownBy(() -> EvaluationMemory.require(5_000, large, GIB))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("5,000 images of 3x128x128")
        .hasMessageContaining("1.3 GiB")
        .hasMessageContaining("-Xmx2g");
    assertThatCode(() -> EvaluationMemory.require(5_000, large, 2 * GIB))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                EvaluationMemory.require(70_000, network("image.height=28", "image.width=28"), GIB))
        .doesNotThrowAnyException();
  }

  @Test
  void theFeatureMapsThatAnEarlyMetricComparesAreCounted() {
    assertThatCode(() -> EvaluationMemory.require(23_000, network(), GIB / 2))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> EvaluationMemory.require(23_000, network("network.metric=early"), GIB / 2))
        .hasMessageContaining("0.9 GiB");
  }
}
