package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The analytic gradient of trunk, normalisation and pair metric against finite differences. */
class GradientTest {

  private static final double STEP = 1e-6;
  private static final double TOLERANCE = 1e-5;

  // Image 0 plays several roles, and one pair is there twice: as one of one class and of two.
  private static final int[] LEFT = {0, 1, 0, 2, 3, 1};
  private static final int[] RIGHT = {1, 3, 2, 0, 1, 3};
  private static final double[] SQUARE_WEIGHTS = {1, 0.9, -0.7, 0.4, -1.3, 0.2};
  private static final int SAME_PAIRS = 2;
  private static final double AUXILIARY_WEIGHT = 4;

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void gradientOfEveryParameterOfATinyNetworkAgreesWithFiniteDifferences(MetricKind metric) {
    try (QuadrupletNetwork network = TestingNetworks.tinyInDouble(metric)) {
      assertGradientAgrees(network, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void gradientOfTheSmallTrunkAgreesWithFiniteDifferences(MetricKind metric) {
    try (QuadrupletNetwork network =
        QuadrupletNetwork.createInDouble(TestingNetworks.spec(metric))) {
      int everyNth = Math.toIntExact(network.parameterCount() / 60);
      assertGradientAgrees(network, everyNth);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void gradientOfTheAdapterAgreesWithFiniteDifferences(MetricKind metric) {
    try (QuadrupletNetwork network =
        QuadrupletNetwork.createInDouble(TestingNetworks.adapter(metric, 24))) {
      assertGradientAgrees(network, 7);
    }
  }

  private static void assertGradientAgrees(QuadrupletNetwork network, int everyNth) {
    float[][] images = TestingNetworks.values(4, network.spec().inputSize(), 5);
    network.forward(images);
    double[] distances = network.pairForward(LEFT, RIGHT);
    double[] distanceGradients = new double[LEFT.length];
    for (int pair = 0; pair < LEFT.length; pair++) {
      distanceGradients[pair] = 2 * SQUARE_WEIGHTS[pair] * distances[pair];
    }
    network.auxiliaryLoss(SAME_PAIRS, AUXILIARY_WEIGHT);
    network.backward(distanceGradients);
    double[] analytic = network.gradients();

    double[] parameters = network.parameters();
    double squaredError = 0;
    double squaredNorm = 0;
    int first = new Random(1).nextInt(everyNth);
    for (int i = first; i < parameters.length; i += everyNth) {
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
    network.setParameters(moved);
    network.forward(images);
    double[] distances = network.pairForward(LEFT, RIGHT);
    double loss = network.auxiliaryLoss(SAME_PAIRS, AUXILIARY_WEIGHT);
    for (int pair = 0; pair < distances.length; pair++) {
      loss += SQUARE_WEIGHTS[pair] * distances[pair] * distances[pair];
    }
    return loss;
  }
}
