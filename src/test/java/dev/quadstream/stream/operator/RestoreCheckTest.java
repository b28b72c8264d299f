package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.stream.startup.StartRefusedException;
import org.junit.jupiter.api.Test;

class RestoreCheckTest {

  @Test
  void aStateBehindOneBackboneIsNotGoneOnWithBehindAnotherOrNone() {
    NetworkSpec saved = TestingNetworks.adapter(MetricKind.LEARNED, 24);
    BackboneSpec backbone = saved.backbone();
    NetworkSpec other = behind(saved, new BackboneSpec("cd".repeat(32), 24, backbone.feeding()));

    assertThatThrownBy(() -> RestoreCheck.requireSameNetwork(saved, other))
        .rootCause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll("network.backbone", "abababababab", "cdcdcdcdcdcd", "--new-run");
    assertThatThrownBy(
            () ->
                RestoreCheck.requireSameNetwork(
                    saved, behind(saved, new BackboneSpec(backbone.sha256(), 24, "bytes"))))
        .rootCause()
        .hasMessageContainingAll("network.backbone", backbone.feeding(), "bytes");
    assertThatThrownBy(
            () -> RestoreCheck.requireSameNetwork(saved, TestingNetworks.spec(MetricKind.LEARNED)))
        .rootCause()
        .hasMessageContainingAll("network.backbone", "none");
    assertThatCode(() -> RestoreCheck.requireSameNetwork(saved, behind(saved, backbone)))
        .doesNotThrowAnyException();
  }

  private static NetworkSpec behind(NetworkSpec spec, BackboneSpec backbone) {
    return new NetworkSpec(
        spec.trunk(),
        spec.input(),
        backbone,
        spec.embeddingSize(),
        spec.metric(),
        spec.updater(),
        spec.learningRate(),
        spec.seed());
  }
}
