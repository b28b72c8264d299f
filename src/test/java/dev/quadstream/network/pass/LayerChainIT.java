package dev.quadstream.network.pass;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.Configurations;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** The largest trunk, whose two copies take a gigabyte. */
@Tag("long")
class LayerChainIT {

  @Test
  void alexnetPassesAgreeWithDeeplearning4j() {
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.ALEXNET,
            new ImageShape(3, 227, 227),
            null,
            16,
            MetricKind.EUCLIDEAN,
            UpdaterKind.SGD,
            0.1,
            11);
    try (LayerChain chain = new LayerChain(Configurations.trunk(spec, DataType.FLOAT))) {
      TestingDeeplearning4jChain.assertAgreement(chain, new int[] {2}, 1e-3, 227, 227, 3);
    }
  }
}
