package dev.quadstream.network.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OneDnnTest {

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void convolutionsRunThroughOneDnn() {
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.EUCLIDEAN))) {
      assertThat(network.runsThroughOneDnn())
          .as("the passes call oneDNN, whose natives are on the class path")
          .isTrue();
    }
  }

  @Test
  void doublePrecisionTakesThePlainPath() {
    try (QuadrupletNetwork network =
        TestingNetworks.createInDouble(TestingNetworks.spec(MetricKind.EUCLIDEAN))) {
      assertThat(network.runsThroughOneDnn()).isFalse();
    }
  }
}
