package dev.quadstream.network.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.Configurations;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.util.Random;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
      assertAgreement(chain, tolerance, height, width, channels);
      // Again, with fewer rows, then more: the memory is used again.
      assertAgreement(chain, tolerance, height, width, channels);
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
      fill(chain.input(rows), random);
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

  private static void assertAgreement(LayerChain chain, double tolerance, long... rowShape) {
    Random random = new Random(2);
    for (int rows : new int[] {5, 3, 7, 1, 2, 4, 6}) {
      INDArray input = chain.input(rows);
      fill(input, random);
      INDArray copy = input.dup();
      assertThat(input.shape()).containsExactly(rows, rowShape[0], rowShape[1], rowShape[2]);

      MultiLayerNetwork oracle = chain.network().clone();
      oracle.initGradientsView();
      oracle.setInput(copy);
      INDArray expected = oracle.feedForward(true, false).get(oracle.getnLayers());
      INDArray actual = chain.forward(rows);
      assertClose(actual, expected, tolerance);

      double[] gradient = random.doubles(expected.length(), -1, 1).toArray();
      INDArray epsilon = Nd4j.create(gradient, expected.shape()).castTo(expected.dataType());
      oracle.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());
      chain.backward(gradient);
      for (Layer layer : oracle.getLayers()) {
        if (layer.numParams() > 0) {
          assertClose(
              chain.network().getLayer(layer.getIndex()).getGradientsViewArray(),
              layer.getGradientsViewArray(),
              tolerance);
        }
      }
    }
  }

  private static void fill(INDArray array, Random random) {
    NativeArrays.write(random.doubles(array.length(), -1, 1).toArray(), array, 0);
  }

  private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.length()).isEqualTo(expected.length());
    double scale = expected.norm2Number().doubleValue();
    double distance =
        actual
            .castTo(DataType.DOUBLE)
            .reshape(actual.length())
            .sub(expected.castTo(DataType.DOUBLE).reshape(expected.length()))
            .norm2Number()
            .doubleValue();
    assertThat(scale).isGreaterThan(0);
    assertThat(distance / scale).isCloseTo(0, within(tolerance));
  }
}
