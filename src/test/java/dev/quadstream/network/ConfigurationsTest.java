package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import dev.quadstream.image.ImageShape;
import org.deeplearning4j.nn.api.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sizes added up by hand: (patch + 1) · channels a convolution, (inputs + 1) · units a layer. */
class ConfigurationsTest {

  @ParameterizedTest
  @CsvSource({
    // 10·32 + 289·64 + 577·64 + (3·3·64 + 1)·128 + 129·16
    "SMALL, 1, 28, 131664",
    // 28·32 + 289·64 + 577·128 + 1153·128 + (4·4·128 + 1)·256 + 257·16
    "MEDIUM, 3, 64, 769488",
    // 364·96 + 2401·256 + 2305·384 + 3457·384 + 3457·256
    // + (6·6·256 + 1)·4096 + 4097·4096 + 4097·16
    "ALEXNET, 3, 227, 58346896",
    // 10·32 + 289·64 + 2·577·64 + (4·4·64 + 1)·16
    "RESIDUAL, 1, 32, 109072",
    // 28·32 + 289·64 + 3·577·64 + (4·4·64 + 1)·16
    "RESIDUAL, 3, 64, 146576"
  })
  void aTrunkHasTheParametersOfItsLayers(TrunkKind trunk, int channels, int side, long expected) {
    assertThat(Configurations.trunk(spec(trunk, channels, side), DataType.FLOAT).parameterCount())
        .isEqualTo(expected);
  }

  @Test
  void theAdapterHasTheParametersOfItsLayer() {
    NetworkSpec spec = TestingNetworks.adapter(MetricKind.LEARNED, 384);

    assertThat(Configurations.trunk(spec, DataType.FLOAT).parameterCount()).isEqualTo(385 * 16);
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 1, 28", "SMALL, 3, 32"})
  void aNetworkHasTheParametersOfTrunkAndHead(TrunkKind trunk, int channels, int side) {
    NetworkSpec spec = spec(trunk, channels, side);
    long ofTrunk = Configurations.trunk(spec, DataType.FLOAT).parameterCount();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      assertThat(network.parameterCount()).isEqualTo(ofTrunk + 33 * 64 + 65 * 2);
      assertThat(TestingNetworks.parameters(network)).hasSize((int) network.parameterCount());
    }
  }

  @Test
  void aResidualConvolutionStartsNearTheIdentity() {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec(TrunkKind.RESIDUAL, 1, 32))) {
      Layer[] layers = network.chains().get(0).network().getLayers();
      for (int index : new int[] {4, 5}) {
        INDArray weights = layers[index].getParam("W");
        assertThat(weights.get(all(), all(), point(1), point(1)).meanNumber().doubleValue() * 64)
            .isCloseTo(1, within(0.1));
        // Half of He's, √(2 / (9·64)).
        assertThat(weights.get(all(), all(), point(0), point(2)).stdNumber().doubleValue())
            .isCloseTo(Math.sqrt(2 / 576.0) / 2, within(0.003));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 16, 40})
  void anAdapterKeepsAtFirstTheAnglesBetweenFeatures(int features) {
    NetworkSpec spec = TestingNetworks.adapter(MetricKind.LEARNED, features);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      INDArray weights = network.chains().get(0).network().getLayers()[0].getParam("W");
      INDArray products =
          features <= 16 ? weights.mmul(weights.transpose()) : weights.transpose().mmul(weights);

      assertThat(weights.shape()).containsExactly(features, 16);
      assertThat(products.sub(Nd4j.eye(products.rows())).amaxNumber().doubleValue())
          .isLessThan(1e-6);
      assertThat(weights.getFloat(0, 0)).isNotEqualTo(weights.getFloat(1, 1));
    }
  }

  private static NetworkSpec spec(TrunkKind trunk, int channels, int side) {
    return new NetworkSpec(
        trunk,
        new ImageShape(channels, side, side),
        null,
        16,
        MetricKind.LEARNED,
        UpdaterKind.ADAM,
        1e-3,
        1);
  }
}
