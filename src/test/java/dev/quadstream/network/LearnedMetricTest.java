package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.UnitEmbeddings;
import java.util.List;
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
  private ImageFeatures seen;
  private int[] left;
  private int[] right;

  @BeforeEach
  void makeNetwork() {
    network = QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.LEARNED));
    TestingNetworks.train(network, TestingNetworks.values(6, 28 * 28, 1));
    List<PixelImage> images = TestingNetworks.images(20, TestingNetworks.INPUT, 2);
    network.forward(images.stream().map(PixelImage::values).toArray(float[][]::new));
    embeddings = network.embed(images);
    seen = network.features(images, embeddings);
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
    assertThat(network.metric().distances(seen, left, right))
        .containsExactly(network.metric().distances(seen, right, left));
    assertThat(network.pairForward(left, right)).containsExactly(network.pairForward(right, left));
  }

  @Test
  void inferenceAgreesWithTheTrainingPass() {
    float[] distances = network.metric().distances(seen, left, right);
    double[] expected = network.pairForward(left, right);
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
    float expected = network.chains().get(1).network().output(row).getFloat(0, 1);
    float[] distances = network.metric().distances(seen, new int[] {0}, new int[] {1});
    assertThat(distances[0]).isCloseTo(expected, within(1e-6f));
  }

  @Test
  void liesBetweenZeroAndOne() {
    for (float distance : network.metric().distances(seen, left, right)) {
      assertThat(distance).isBetween(0f, 1f);
    }
  }

  @Test
  void laterUpdatesLeaveAMetricAsItWas() {
    var metric = network.metric();
    float[] before = metric.distances(seen, left, right);
    TestingNetworks.train(network, TestingNetworks.values(6, 28 * 28, 4));
    assertThat(metric.distances(seen, left, right)).containsExactly(before);
    assertThat(network.metric().distances(seen, left, right)).isNotEqualTo(before);
  }

  @Test
  void embeddingsOfAnotherSizeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                network
                    .metric()
                    .distances(new UnitEmbeddings(new float[2][17]), new int[] {0}, new int[] {1}))
        .withMessageContaining("17 values");
  }

  @Test
  void noPairsGiveNoDistances() {
    assertThat(network.metric().distances(seen, new int[0], new int[0])).isEmpty();
  }
}
