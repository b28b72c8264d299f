package dev.quadstream.network.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.Configurations;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Both kinds of passes against Deeplearning4j's own layers, which convolve through im2col. */
class LayerChainTest {

  @ParameterizedTest
  @CsvSource({
    "SMALL, 1, 28, 29, FLOAT, 1e-3",
    "SMALL, 3, 32, 32, FLOAT, 1e-3",
    "SMALL, 1, 31, 28, DOUBLE, 1e-11",
    "MEDIUM, 3, 64, 65, FLOAT, 1e-3"
  })
  void trunkPassesAgreeWithDeeplearning4j(
      TrunkKind trunk, int channels, int height, int width, DataType dataType, double tolerance) {
    ImageShape input = new ImageShape(channels, height, width);
    NetworkSpec spec =
        new NetworkSpec(trunk, input, 16, MetricKind.EUCLIDEAN, UpdaterKind.SGD, 0.1, 11);
    try (LayerChain chain = new LayerChain(Configurations.trunk(spec, dataType))) {
      assertThat(chain.runsThroughOneDnn()).isEqualTo(OneDnn.suits(dataType));
      // With fewer rows, then more: the memory is used again.
      TestingDeeplearning4jChain.assertAgreement(
          chain, new int[] {5, 3, 7, 1, 2, 4, 6, 5, 3, 7}, tolerance, height, width, channels);
    }
  }

  @ParameterizedTest
  @CsvSource({"48, FLOAT, 1e-3", "31, DOUBLE, 1e-11"})
  void theAdaptersPassesAgreeWithDeeplearning4j(int features, DataType dataType, double tolerance) {
    NetworkSpec spec = TestingNetworks.adapter(MetricKind.EUCLIDEAN, features);
    try (LayerChain chain = new LayerChain(Configurations.trunk(spec, dataType))) {
      assertThat(chain.runsThroughOneDnn()).isEqualTo(OneDnn.suits(dataType));
      TestingDeeplearning4jChain.assertAgreement(
          chain, new int[] {5, 3, 7, 1, 2, 4, 6, 5, 3, 7}, tolerance, features);
    }
  }

  /**
   * The passes in single precision against finite differences of themselves, along the gradient.
   */
  @ParameterizedTest
  @EnumSource(
      value = TrunkKind.class,
      names = {"SMALL", "MEDIUM"})
  void theGradientInSinglePrecisionIsTheSlopeOfTheLoss(TrunkKind trunk) {
    int side = trunk == TrunkKind.SMALL ? 32 : 64;
    ImageShape input = new ImageShape(1, side, side);
    NetworkSpec spec =
        new NetworkSpec(trunk, input, 16, MetricKind.EUCLIDEAN, UpdaterKind.SGD, 0.1, 5);
    try (LayerChain chain = new LayerChain(Configurations.trunk(spec, DataType.FLOAT))) {
      int rows = 4;
      Random random = new Random(3);
      NativeArrays.write(
          random.doubles(chain.input(rows).length(), -1, 1).toArray(), chain.input(rows), 0);
      double[] weights = random.doubles(rows * 16L, -1, 1).toArray();
      chain.forward(rows);
      chain.backward(weights);
      double[] gradient = NativeArrays.doubles(chain.gradients());
      double slope = NativeArrays.sumOfSquares(chain.gradients());
      double step = 1e-3 / Math.sqrt(slope);
      double[] parameters = NativeArrays.doubles(chain.parameters());

      double difference =
          (lossAt(chain, parameters, gradient, step, weights)
                  - lossAt(chain, parameters, gradient, -step, weights))
              / (2 * step);

      assertThat(difference / slope).isCloseTo(1, within(0.01));
    }
  }

  private static double lossAt(
      LayerChain chain, double[] parameters, double[] gradient, double step, double[] weights) {
    double[] moved = new double[parameters.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = parameters[i] + step * gradient[i];
    }
    NativeArrays.write(moved, chain.parameters(), 0);
    double[] outputs = NativeArrays.doubles(chain.forward(weights.length / 16));
    double loss = 0;
    for (int i = 0; i < outputs.length; i++) {
      loss += outputs[i] * weights[i];
    }
    return loss;
  }
}
