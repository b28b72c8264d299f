package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class QuadrupletNetworkTest {

  private static final int SIZE = TestingNetworks.INPUT.size();

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void theSameSeedGivesTheSameNetworkAndAnotherSeedAnother(MetricKind metric) {
    NetworkSpec spec = TestingNetworks.spec(metric);
    NetworkSpec other =
        new NetworkSpec(
            spec.trunk(), spec.input(), null, 16, metric, spec.updater(), spec.learningRate(), 8);
    try (QuadrupletNetwork first = QuadrupletNetwork.create(spec);
        QuadrupletNetwork second = QuadrupletNetwork.create(spec);
        QuadrupletNetwork third = QuadrupletNetwork.create(other)) {
      assertThat(first.state()).isEqualTo(second.state()).isNotEqualTo(third.state());
    }
  }

  @Test
  void embeddingsHaveUnitLength() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      float[][] embeddings = network.embed(TestingNetworks.images(5, TestingNetworks.INPUT, 1));
      assertThat(embeddings).hasDimensions(5, 16);
      for (float[] embedding : embeddings) {
        double sum = 0;
        for (float value : embedding) {
          sum += (double) value * value;
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
      }
    }
  }

  @Test
  void featuresOfAnotherLengthAndImagesWithoutTheirBackboneAreRefused() {
    List<BackboneFeatures> features = List.of(new BackboneFeatures(new float[23]));
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.adapter(MetricKind.LEARNED, 24))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.embed(features))
          .withMessageContainingAll("23 features", "24 features");
      assertThatIllegalStateException()
          .isThrownBy(() -> network.embed(TestingNetworks.images(1, TestingNetworks.INPUT, 1)))
          .withMessageContainingAll("abababababab", "network.backbone");
    }
    try (QuadrupletNetwork network = network(MetricKind.LEARNED)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.embed(features))
          .withMessageContainingAll("23 features", "pixels of 1x28x28");
    }
  }

  @Test
  void aListLongerThanABatchGivesTheEmbeddingsOfItsParts() {
    List<PixelImage> images = TestingNetworks.images(200, TestingNetworks.INPUT, 1);
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      float[][] all = network.embed(images);
      assertThat(all).hasDimensions(200, 16);
      assertThat(network.embed(images.subList(0, 128))).isDeepEqualTo(firstRows(all, 128));
      float[][] tail = network.embed(images.subList(150, 200));
      for (int image = 0; image < tail.length; image++) {
        assertThat(tail[image]).containsExactly(all[150 + image], within(1e-5f));
      }
    }
  }

  @Test
  void trainingAndInferenceSeeTheSameImageAlike() {
    List<PixelImage> images = TestingNetworks.images(4, TestingNetworks.INPUT, 1);
    float[][] values = new float[4][SIZE];
    for (int image = 0; image < 4; image++) {
      for (int i = 0; i < SIZE; i++) {
        values[image][i] = images.get(image).valueAt(i) / 255f;
      }
    }
    try (QuadrupletNetwork network = network(MetricKind.LEARNED)) {
      double[][] trained = network.forward(values);
      float[][] inferred = network.embed(images);
      for (int image = 0; image < 4; image++) {
        for (int i = 0; i < 16; i++) {
          assertThat(inferred[image][i]).isEqualTo((float) trained[image][i]);
        }
      }
    }
  }

  @Test
  void coloursReachTheNetworkChannelsLastAndCentred() {
    ImageShape shape = new ImageShape(3, 28, 30);
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.SMALL, shape, null, 16, MetricKind.EUCLIDEAN, UpdaterKind.SGD, 0.1, 5);
    PixelImage image = TestingNetworks.images(1, shape, 4).get(0);
    float[][][][] expected = new float[1][28][30][3];
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 30; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int value = image.valueAt((channel * 28 + y) * 30 + x);
          expected[0][y][x][channel] = value / 127.5f - 1;
        }
      }
    }
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      INDArray output = network.chains().get(0).network().output(Nd4j.createFromArray(expected));
      float[] embedding = output.div(output.norm2Number()).toFloatVector();
      assertThat(network.embed(List.of(image))[0]).containsExactly(embedding, within(1e-4f));
    }
  }

  @Test
  void noImagesGiveNoEmbeddings() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      assertThat(network.embed(List.of())).isEmpty();
    }
  }

  @Test
  void anImageOfAnotherShapeIsRefusedByName() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      List<PixelImage> images = TestingNetworks.images(1, new ImageShape(1, 32, 32), 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.embed(images))
          .withMessageContaining("1x32x32")
          .withMessageContaining("1x28x28");
    }
  }

  @Test
  void euclideanDistanceIsHalfTheLengthOfTheDifference() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      double[][] embeddings = network.forward(TestingNetworks.values(3, SIZE, 1));
      double[] distances = network.pairForward(new int[] {0, 0, 1}, new int[] {0, 1, 2});
      assertThat(distances)
          .containsExactly(
              new double[] {
                0, half(embeddings[0], embeddings[1]), half(embeddings[1], embeddings[2])
              },
              within(1e-12));
      assertThat(distances[1]).isPositive();
    }
  }

  private static double half(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (one[i] - other[i]) * (one[i] - other[i]);
    }
    return Math.sqrt(sum) / 2;
  }

  @Test
  void euclideanMetricHasNoLossOfItsOwn() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      backward(network, 1);
      double[] without = TestingNetworks.gradients(network);
      network.forward(TestingNetworks.values(3, SIZE, 1));
      network.pairForward(new int[] {0}, new int[] {2});
      assertThat(network.auxiliaryLoss(1, 0.5)).isZero();
      network.backward(new double[] {1});
      assertThat(TestingNetworks.gradients(network)).isEqualTo(without);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aStepWithoutPairsHasNoGradient(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric)) {
      TestingNetworks.train(network, TestingNetworks.values(4, SIZE, 1));
      network.forward(TestingNetworks.values(4, SIZE, 2));
      network.pairForward(new int[0], new int[0]);
      network.backward(new double[0]);
      assertThat(network.gradientNorm()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void gradientNormIsThatOfAllGradients(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric)) {
      backward(network, 1);
      double sum = 0;
      for (double gradient : TestingNetworks.gradients(network)) {
        sum += gradient * gradient;
      }
      assertThat(network.gradientNorm()).isCloseTo(Math.sqrt(sum), within(1e-5 * Math.sqrt(sum)));
      assertThat(network.gradientNorm()).isFinite();
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void gradientsThatAreNotFiniteAreSeen(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric)) {
      backward(network, Double.NaN);
      assertThat(network.gradientNorm()).isNotFinite();
    }
  }

  @Test
  void backwardAfterEmbedIsRefused() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      network.forward(TestingNetworks.values(2, SIZE, 1));
      network.pairForward(new int[] {0}, new int[] {1});
      network.embed(TestingNetworks.images(1, TestingNetworks.INPUT, 1));
      assertThatIllegalStateException()
          .isThrownBy(() -> network.backward(new double[] {1}))
          .withMessageContaining("embed");
    }
  }

  @Test
  void backwardAfterRestoreIsRefused() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN)) {
      network.forward(TestingNetworks.values(2, SIZE, 1));
      network.pairForward(new int[] {0}, new int[] {1});
      network.restore(network.state());
      assertThatIllegalStateException().isThrownBy(() -> network.backward(new double[] {1}));
    }
  }

  @Test
  void aGradientIsAppliedOnce() {
    try (QuadrupletNetwork network = network(MetricKind.LEARNED)) {
      backward(network, 1);
      network.update(1);
      assertThatIllegalStateException().isThrownBy(() -> network.update(1));
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void trainingBringsTheTrainedPairsTogether(MetricKind metric) {
    float[][] images = TestingNetworks.values(6, SIZE, 1);
    int[] left = {0, 1, 2, 0, 1, 2};
    int[] right = {1, 2, 3, 2, 3, 4};
    try (QuadrupletNetwork network = network(metric)) {
      network.forward(images);
      double[] before = network.pairForward(left, right);
      for (int step = 0; step < 30; step++) {
        TestingNetworks.train(network, images);
      }
      network.forward(images);
      double[] after = network.pairForward(left, right);
      assertThat(contrast(after)).isGreaterThan(contrast(before) + 0.1);
    }
  }

  /** Mean g² of the pairs pushed apart less that of the pairs drawn together. */
  private static double contrast(double[] distances) {
    double contrast = 0;
    for (int pair = 0; pair < 3; pair++) {
      contrast += distances[3 + pair] * distances[3 + pair] - distances[pair] * distances[pair];
    }
    return contrast / 3;
  }

  private static void backward(QuadrupletNetwork network, double distanceGradient) {
    network.forward(TestingNetworks.values(3, SIZE, 1));
    network.pairForward(new int[] {0}, new int[] {2});
    network.backward(new double[] {distanceGradient});
  }

  private static QuadrupletNetwork network(MetricKind metric) {
    return QuadrupletNetwork.create(TestingNetworks.spec(metric));
  }

  private static float[][] firstRows(float[][] rows, int count) {
    return java.util.Arrays.copyOf(rows, count);
  }
}
