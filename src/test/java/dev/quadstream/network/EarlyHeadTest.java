package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Layer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class EarlyHeadTest {

  private static final int SAME = 3;
  private static final int[] LEFT = {0, 2, 4, 0, 2, 4, 1, 3, 5};
  private static final int[] RIGHT = {1, 3, 5, 2, 4, 0, 3, 5, 1};
  private static final int COORDINATES_OF_AN_ARRAY = 12;
  private static final double STEP = 1e-6;

  private final List<PixelImage> images = TestingNetworks.images(6, TestingNetworks.INPUT, 5);

  private static QuadrupletNetwork network(MetricKind metric) {
    return QuadrupletNetwork.create(TestingNetworks.spec(metric));
  }

  private void step(QuadrupletNetwork network) {
    computeGradient(network);
    network.update(1);
  }

  private void computeGradient(QuadrupletNetwork network) {
    network.forward(values());
    double[] g = network.pairForward(LEFT, RIGHT);
    network.auxiliaryLoss(SAME, 0.3);
    double[] gradients = new double[g.length];
    for (int pair = 0; pair < g.length; pair++) {
      gradients[pair] = (pair < SAME ? 2 : -1) * g[pair];
    }
    network.backward(gradients);
  }

  private EarlyHead forwardOnly(QuadrupletNetwork network) {
    network.forward(values());
    network.pairForward(LEFT, RIGHT);
    return (EarlyHead) network.head();
  }

  private float[][] values() {
    return images.stream().map(PixelImage::values).toArray(float[][]::new);
  }

  private float[] reRanked(QuadrupletNetwork network, int[] left, int[] right) {
    return distances(network, network.reRanking().orElseThrow(), left, right);
  }

  private float[] distances(QuadrupletNetwork network, PairMetric metric, int[] left, int[] right) {
    return metric.distances(network.reRankingFeatures(images, network.embed(images)), left, right);
  }

  @Test
  void trunkAndMetricHaveTheBitsThatTheyHaveWithoutIt() {
    try (QuadrupletNetwork early = network(MetricKind.EARLY);
        QuadrupletNetwork learned = network(MetricKind.LEARNED)) {
      for (int i = 0; i < 4; i++) {
        step(early);
        step(learned);
      }
      for (String chain : List.of("trunk", "head")) {
        assertThat(early.state().parameters(chain)).isEqualTo(learned.state().parameters(chain));
      }
      float[][] embeddings = learned.embed(images);
      ImageFeatures features = new UnitEmbeddings(embeddings);
      assertThat(early.embed(images)).isDeepEqualTo(embeddings);
      assertThat(early.metric().distances(features, LEFT, RIGHT))
          .isEqualTo(learned.metric().distances(features, LEFT, RIGHT));
      assertThat(learned.reRanking()).isEmpty();
    }
  }

  @Test
  void itsGradientAgreesWithFiniteDifferencesOfItsLoss() {
    try (QuadrupletNetwork network =
        TestingNetworks.createInDouble(TestingNetworks.spec(MetricKind.EARLY))) {
      computeGradient(network);
      LayerChain chain = network.chains().get(2);
      double[] gradient = NativeArrays.doubles(chain.gradients());
      double[] parameters = NativeArrays.doubles(chain.parameters());
      EarlyHead head = forwardOnly(network);
      Random random = new Random(6);
      int start = 0;
      double largest = 0;
      for (Layer layer : chain.network().getLayers()) {
        for (INDArray array : layer.paramTable().values()) {
          for (int drawn = 0; drawn < COORDINATES_OF_AN_ARRAY; drawn++) {
            int index = start + random.nextInt(Math.toIntExact(array.length()));
            double slope =
                (loss(head, chain, parameters, index, STEP)
                        - loss(head, chain, parameters, index, -STEP))
                    / (2 * STEP);
            largest = Math.max(largest, Math.abs(slope));
            assertThat(gradient[index])
                .as("parameter %d", index)
                .isCloseTo(slope, within(1e-5 * Math.max(Math.abs(slope), 1e-2)));
          }
          start += Math.toIntExact(array.length());
        }
      }
      assertThat(start).isEqualTo(gradient.length);
      assertThat(largest).isGreaterThan(1e-2);
    }
  }

  private static double loss(
      EarlyHead head, LayerChain chain, double[] parameters, int index, double step) {
    double[] moved = parameters.clone();
    moved[index] += step;
    NativeArrays.write(moved, chain.parameters(), 0);
    return EarlyHead.loss(head.logits(), SAME).loss();
  }

  @Test
  void theMetricIsWhatTrainingSeesAndKeepsItsParameters() {
    try (QuadrupletNetwork network = network(MetricKind.EARLY)) {
      step(network);
      PairMetric metric = network.reRanking().orElseThrow();
      float[] before = distances(network, metric, LEFT, RIGHT);
      double[] logits = forwardOnly(network).logits();
      for (int pair = 0; pair < LEFT.length; pair++) {
        assertThat((double) before[pair]).isCloseTo(Sigmoid.of(logits[pair]), within(1e-5));
      }
      ImageFeatures features = network.reRankingFeatures(images, network.embed(images));
      step(network);

      assertThat(network.reRanking().orElseThrow().distances(features, LEFT, RIGHT))
          .isNotEqualTo(before);
      assertThat(metric.distances(features, LEFT, RIGHT)).isEqualTo(before);
      assertThat(metric.fusesLate()).isFalse();
    }
  }

  @Test
  void itIsSymmetricToTheLastBitAndSeesSelectedImages() {
    try (QuadrupletNetwork network = network(MetricKind.EARLY)) {
      step(network);
      float[] distances = reRanked(network, LEFT, RIGHT);
      assertThat(reRanked(network, RIGHT, LEFT)).isEqualTo(distances);
      ImageFeatures features = network.reRankingFeatures(images, network.embed(images));
      PairMetric metric = network.reRanking().orElseThrow();
      float[] one =
          metric.distances(
              features.select(new int[] {LEFT[4]}),
              new int[] {0},
              features.select(new int[] {0, RIGHT[4]}),
              new int[] {1});
      assertThat(one[0]).isCloseTo(distances[4], within(1e-6f));
    }
  }

  @Test
  void trainingLowersItsLoss() {
    try (QuadrupletNetwork network = network(MetricKind.EARLY)) {
      double before = EarlyHead.loss(forwardOnly(network).logits(), SAME).loss();
      for (int i = 0; i < 250; i++) {
        step(network);
      }

      assertThat(EarlyHead.loss(forwardOnly(network).logits(), SAME).loss())
          .isLessThan(0.8 * before);
    }
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    int cores = NativeThreads.count();
    try {
      NativeThreads.limit(1);
      NetworkState alone = afterTwoSteps();
      NativeThreads.limit(3);
      assertThat(afterTwoSteps()).isEqualTo(alone);
    } finally {
      NativeThreads.limit(cores);
    }
  }

  private NetworkState afterTwoSteps() {
    try (QuadrupletNetwork network = network(MetricKind.EARLY)) {
      step(network);
      step(network);
      return network.state();
    }
  }

  @Test
  void behindABackboneThereAreNoMapsToCompare() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestingNetworks.adapter(MetricKind.EARLY, 24))
        .withMessageContainingAll("network.metric=learned", "network.backbone");
  }
}
