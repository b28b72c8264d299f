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
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.api.Layer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Both kinds of passes against Deeplearning4j's own layers, which convolve through im2col. */
class LayerChainTest {

  @ParameterizedTest
  @CsvSource({
    "SMALL, 1, 28, 29, FLOAT, 1e-3",
    "SMALL, 3, 32, 32, FLOAT, 1e-3",
    "SMALL, 1, 31, 28, DOUBLE, 1e-11",
    "MEDIUM, 3, 64, 65, FLOAT, 1e-3",
    "RESIDUAL, 1, 32, 49, FLOAT, 1e-3",
    "RESIDUAL, 3, 28, 32, DOUBLE, 1e-11"
  })
  void trunkPassesAgreeWithDeeplearning4j(
      TrunkKind trunk, int channels, int height, int width, DataType dataType, double tolerance) {
    ImageShape input = new ImageShape(channels, height, width);
    NetworkSpec spec = spec(trunk, input);
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

  /** Its kernels, strides and paddings; all of its channels are {@link LayerChainIT}'s. */
  @ParameterizedTest
  @CsvSource({"FLOAT, 1e-3", "DOUBLE, 1e-11"})
  void alexnetPassesOfFewChannelsAgreeWithDeeplearning4j(DataType dataType, double tolerance) {
    NetworkSpec spec = spec(TrunkKind.ALEXNET, new ImageShape(3, 227, 227));
    try (LayerChain chain = new LayerChain(TestingNetworks.narrowedTrunk(spec, 32, dataType))) {
      TestingDeeplearning4jChain.assertAgreement(
          chain, new int[] {3, 1, 2}, tolerance, 227, 227, 3);
    }
  }

  /**
   * Every coordinate of the gradient in single precision against that in double precision, which
   * GradientTest holds to finite differences.
   */
  @ParameterizedTest
  @CsvSource({
    // More than a chunk of images where memory allows it.
    "SMALL, 1, 28, 31, 1, 9",
    "SMALL, 3, 32, 32, 1, 9",
    "MEDIUM, 1, 64, 65, 4, 9",
    "RESIDUAL, 3, 32, 47, 1, 9",
    "RESIDUAL, 1, 64, 64, 4, 9",
    "ALEXNET, 3, 227, 227, 32, 2"
  })
  void theWholeGradientInSinglePrecisionIsThatInDouble(
      TrunkKind trunk, int channels, int height, int width, int fraction, int rows) {
    NetworkSpec spec = spec(trunk, new ImageShape(channels, height, width));
    try (LayerChain single =
            new LayerChain(TestingNetworks.narrowedTrunk(spec, fraction, DataType.FLOAT));
        LayerChain twice =
            new LayerChain(TestingNetworks.narrowedTrunk(spec, fraction, DataType.DOUBLE))) {
      NativeArrays.write(NativeArrays.floats(single.parameters()), twice.parameters(), 0);
      float[] input = TestingNetworks.values(1, rows * spec.input().size(), 3)[0];
      double[] weights = new Random(4).doubles(rows * 16L, -1, 1).toArray();

      assertThat(single.runsThroughOneDnn()).isTrue();
      assertThat(twice.runsThroughOneDnn()).isFalse();
      double[] actual = gradient(single, rows, input, weights);
      double[] expected = gradient(twice, rows, input, weights);
      int start = 0;
      for (Layer layer : single.network().getLayers()) {
        int end = start + Math.toIntExact(layer.numParams());
        double largest = Arrays.stream(expected, start, end).map(Math::abs).max().orElse(0);
        for (int i = start; i < end; i++) {
          assertThat(actual[i])
              .as("parameter %d, of layer %d", i, layer.getIndex())
              // Rounding may choose another maximum of nearly equal ones.
              .isCloseTo(expected[i], within(0.01 * largest));
        }
        start = end;
      }
      assertThat(start).isEqualTo(expected.length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, 1, 28, 29, FLOAT, 1e-3",
    "RESIDUAL, 3, 28, 32, DOUBLE, 1e-11",
    "RESIDUAL, 3, 32, 47, FLOAT, 1e-3",
    "ALEXNET, 3, 227, 227, FLOAT, 1e-3"
  })
  void theMapsAreWhatTheLastConvolutionGives(
      TrunkKind trunk, int channels, int height, int width, DataType dataType, double tolerance) {
    NetworkSpec spec = spec(trunk, new ImageShape(channels, height, width));
    int fraction = trunk == TrunkKind.ALEXNET ? 32 : 1;
    try (LayerChain chain =
        new LayerChain(TestingNetworks.narrowedTrunk(spec, fraction, dataType))) {
      TestingDeeplearning4jChain.assertMapsAgree(chain, new int[] {2, 11, 3}, tolerance);
    }
  }

  private static double[] gradient(LayerChain chain, int rows, float[] input, double[] weights) {
    NativeArrays.write(input, chain.input(rows), 0);
    chain.forward(rows, (from, to) -> {});
    chain.backward(weights);
    return NativeArrays.doubles(chain.gradients());
  }

  private static NetworkSpec spec(TrunkKind trunk, ImageShape input) {
    return new NetworkSpec(trunk, input, null, 16, MetricKind.EUCLIDEAN, UpdaterKind.SGD, 0.1, 11);
  }
}
