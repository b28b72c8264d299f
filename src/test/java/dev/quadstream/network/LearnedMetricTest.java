package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LearnedMetricTest {

  private static final int PAIRS = 5000;

  private QuadrupletNetwork network;
  private float[][] embeddings;
  private int[] left;
  private int[] right;

  @BeforeEach
  void makeNetwork() {
    network = QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.LEARNED));
    TestingNetworks.train(network, TestingNetworks.values(6, 28 * 28, 1));
    embeddings = network.embed(TestingNetworks.images(20, TestingNetworks.INPUT, 2));
    Random random = new Random(3);
    left = random.ints(PAIRS, 0, embeddings.length).toArray();
    right = random.ints(PAIRS, 0, embeddings.length).toArray();
  }

  @AfterEach
  void closeNetwork() {
    network.close();
  }

  @Test
  void isSymmetricToTheLastBit() {
    assertThat(network.metric().distances(embeddings, left, right))
        .containsExactly(network.metric().distances(embeddings, right, left));
    double[][] wide = widened(embeddings);
    assertThat(network.pairForward(wide, left, right))
        .containsExactly(network.pairForward(wide, right, left));
  }

  @Test
  void inferenceAgreesWithTheTrainingPass() {
    float[] distances = network.metric().distances(embeddings, left, right);
    double[] expected = network.pairForward(widened(embeddings), left, right);
    for (int pair = 0; pair < PAIRS; pair++) {
      assertThat((double) distances[pair]).isCloseTo(expected[pair], within(1e-5));
    }
  }

  @Test
  void isTheDissimilarOutputOfDeeplearning4jsOwnSoftmax() {
    int size = 16;
    float[] features = new float[PairFeatures.size(size)];
    PairFeatures.write(embeddings[0], embeddings[1], features, 0);
    INDArray row = Nd4j.createFromArray(new float[][] {features});
    float expected = network.headChain().network().output(row).getFloat(0, 1);
    float[] distances = network.metric().distances(embeddings, new int[] {0}, new int[] {1});
    assertThat(distances[0]).isCloseTo(expected, within(1e-6f));
  }

  @Test
  void liesBetweenZeroAndOne() {
    for (float distance : network.metric().distances(embeddings, left, right)) {
      assertThat(distance).isBetween(0f, 1f);
    }
  }

  @Test
  void laterUpdatesLeaveAMetricAsItWas() {
    var metric = network.metric();
    float[] before = metric.distances(embeddings, left, right);
    TestingNetworks.train(network, TestingNetworks.values(6, 28 * 28, 4));
    assertThat(metric.distances(embeddings, left, right)).containsExactly(before);
    assertThat(network.metric().distances(embeddings, left, right)).isNotEqualTo(before);
  }

  @Test
  void embeddingsOfAnotherSizeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> network.metric().distances(new float[2][17], new int[] {0}, new int[] {1}))
        .withMessageContaining("17 values");
  }

  @Test
  void noPairsGiveNoDistances() {
    assertThat(network.metric().distances(embeddings, new int[0], new int[0])).isEmpty();
  }

  private static double[][] widened(float[][] rows) {
    double[][] wide = new double[rows.length][rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        wide[row][i] = rows[row][i];
      }
    }
    return wide;
  }
}
