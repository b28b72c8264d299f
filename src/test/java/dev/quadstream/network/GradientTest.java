package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.pass.LayerChain;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The analytic gradient of trunk, normalisation and pair metric against finite differences. */
class GradientTest {

  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 1e-5;

  // Image 0 plays several roles, and one pair is there twice: as one of one class and of two.
  private static final int[] LEFT = {0, 1, 0, 2, 3, 1};
  private static final int[] RIGHT = {1, 3, 2, 0, 1, 3};
  private static final double[] SQUARE_WEIGHTS = {1, 0.9, -0.7, 0.4, -1.3, 0.2};
  private static final int COORDINATES_OF_AN_ARRAY = 3;
  private static final int SAME_PAIRS = 2;
  private static final double AUXILIARY_WEIGHT = 4;

  @ParameterizedTest
  @EnumSource(value = MetricKind.class, mode = Mode.EXCLUDE, names = "EARLY")
  void gradientOfEveryParameterOfATinyNetworkAgreesWithFiniteDifferences(MetricKind metric) {
    try (QuadrupletNetwork network = TestingNetworks.tinyInDouble(metric)) {
      assertGradientAgrees(network, 1);
    }
  }

  /**
   * All layers of every trunk that reads pixels, of few channels; some coordinates of each array.
   */
  @ParameterizedTest
  @CsvSource({
    "SMALL, 1, 28, 31, 4",
    "SMALL, 3, 32, 32, 4",
    "MEDIUM, 3, 64, 66, 8",
    "RESIDUAL, 1, 28, 33, 4",
    "RESIDUAL, 3, 64, 80, 8",
    "ALEXNET, 3, 227, 227, 32"
  })
  void gradientOfEveryArrayOfATrunkAgreesWithFiniteDifferences(
      TrunkKind trunk, int channels, int height, int width, int fraction) {
    NetworkSpec spec =
        new NetworkSpec(
            trunk,
            new ImageShape(channels, height, width),
            null,
            16,
            MetricKind.LEARNED,
            UpdaterKind.SGD,
            0.1,
            5);
    try (QuadrupletNetwork network =
        TestingNetworks.withTrunk(
            spec,
            TestingNetworks.narrowedTrunk(spec, fraction, DataType.DOUBLE).configuration(),
            DataType.DOUBLE)) {
      assertGradientAgrees(network, coordinatesOfEachArray(network.chains().get(0)));
    }
  }

  private static int[] coordinatesOfEachArray(LayerChain chain) {
    Random random = new Random(8);
    IntStream.Builder coordinates = IntStream.builder();
    int start = 0;
    for (Layer layer : chain.network().getLayers()) {
      for (INDArray array : layer.paramTable().values()) {
        int length = Math.toIntExact(array.length());
        for (int drawn = 0; drawn < COORDINATES_OF_AN_ARRAY; drawn++) {
          coordinates.add(start + random.nextInt(length));
        }
        start += length;
      }
    }
    assertThat(start).isEqualTo(Math.toIntExact(chain.parameterCount()));
    return coordinates.build().toArray();
  }

  @ParameterizedTest
  @EnumSource(value = MetricKind.class, mode = Mode.EXCLUDE, names = "EARLY")
  void gradientOfTheSmallTrunkAgreesWithFiniteDifferences(MetricKind metric) {
    try (QuadrupletNetwork network = TestingNetworks.createInDouble(TestingNetworks.spec(metric))) {
      int everyNth = Math.toIntExact(network.parameterCount() / 60);
      assertGradientAgrees(network, everyNth);
    }
  }

  @ParameterizedTest
  @EnumSource(value = MetricKind.class, mode = Mode.EXCLUDE, names = "EARLY")
  void gradientOfTheAdapterAgreesWithFiniteDifferences(MetricKind metric) {
    try (QuadrupletNetwork network =
        TestingNetworks.createInDouble(TestingNetworks.adapter(metric, 24))) {
      assertGradientAgrees(network, 7);
    }
  }

  private static void assertGradientAgrees(QuadrupletNetwork network, int everyNth) {
    int first = new Random(1).nextInt(everyNth);
    int count = Math.toIntExact(network.parameterCount());
    assertGradientAgrees(
        network, IntStream.iterate(first, i -> i < count, i -> i + everyNth).toArray());
  }

  private static void assertGradientAgrees(QuadrupletNetwork network, int[] coordinates) {
    float[][] images = TestingNetworks.values(4, network.spec().inputSize(), 5);
    network.forward(images);
    double[] distances = network.pairForward(LEFT, RIGHT);
    double[] distanceGradients = new double[LEFT.length];
    for (int pair = 0; pair < LEFT.length; pair++) {
      distanceGradients[pair] = 2 * SQUARE_WEIGHTS[pair] * distances[pair];
    }
    network.auxiliaryLoss(SAME_PAIRS, AUXILIARY_WEIGHT);
    network.backward(distanceGradients);
    double[] analytic = TestingNetworks.gradients(network);

    double[] parameters = TestingNetworks.parameters(network);
    double squaredError = 0;
    double squaredNorm = 0;
    for (int i : coordinates) {
      double numeric =
          (loss(network, images, parameters, i, STEP) - loss(network, images, parameters, i, -STEP))
              / (2 * STEP);
      double scale = Math.max(Math.abs(numeric), Math.abs(analytic[i]));
      squaredError += (numeric - analytic[i]) * (numeric - analytic[i]);
      squaredNorm += analytic[i] * analytic[i];
      assertThat(Math.abs(numeric - analytic[i]))
          .as("parameter %d: finite difference %s, gradient %s", i, numeric, analytic[i])
          .isLessThan(TOLERANCE * Math.max(scale, 1e-3));
    }
    assertThat(Math.sqrt(squaredNorm)).as("norm of the gradient").isGreaterThan(1e-3);
    assertThat(Math.sqrt(squaredError / squaredNorm)).isLessThan(TOLERANCE);
  }

  private static double loss(
      QuadrupletNetwork network, float[][] images, double[] parameters, int index, double step) {
    double[] moved = parameters.clone();
    moved[index] += step;
    TestingNetworks.setParameters(network, moved);
    network.forward(images);
    double[] distances = network.pairForward(LEFT, RIGHT);
    double loss = network.auxiliaryLoss(SAME_PAIRS, AUXILIARY_WEIGHT);
    for (int pair = 0; pair < distances.length; pair++) {
      loss += SQUARE_WEIGHTS[pair] * distances[pair] * distances[pair];
    }
    return loss;
  }
}
