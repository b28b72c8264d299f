package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.environment.NativeThreads;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The number of threads decides the speed and nothing else. */
class NumberOfThreadsTest {

  private static final int CORES = NativeThreads.count();

  /** More than a chunk, and a last one that is not full. */
  private static final int IMAGES = 21;

  private static final int PAIRS = 300;

  private record Bits(NetworkState state, double[] distances, double norm, float[][] embeddings) {}

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of(TrunkKind.SMALL, new ImageShape(1, 28, 28), UpdaterKind.ADAM),
        Arguments.of(TrunkKind.SMALL, new ImageShape(3, 32, 29), UpdaterKind.NESTEROVS),
        Arguments.of(TrunkKind.RESIDUAL, new ImageShape(1, 32, 48), UpdaterKind.ADAM),
        Arguments.of(TrunkKind.MEDIUM, new ImageShape(3, 64, 64), UpdaterKind.SGD));
  }

  @AfterEach
  void restore() {
    NativeThreads.limit(CORES);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stepsEmbeddingsAndDistancesHaveTheSameBits(
      TrunkKind trunk, ImageShape input, UpdaterKind updater) {
    NetworkSpec spec =
        new NetworkSpec(trunk, input, null, 16, MetricKind.LEARNED, updater, 0.01, 3);
    Bits alone = bits(spec, 1);

    for (int threads : new int[] {2, 3, 8}) {
      Bits shared = bits(spec, threads);
      assertThat(shared.state).as("%d threads", threads).isEqualTo(alone.state);
      assertThat(shared.distances).containsExactly(alone.distances);
      assertThat(shared.norm).isEqualTo(alone.norm);
      assertThat(shared.embeddings).isDeepEqualTo(alone.embeddings);
    }
  }

  private static Bits bits(NetworkSpec spec, int threads) {
    NativeThreads.limit(threads);
    List<PixelImage> images = TestingNetworks.images(IMAGES, spec.input(), 4);
    int[] left = IntStream.range(0, PAIRS).map(pair -> pair % IMAGES).toArray();
    int[] right = IntStream.range(0, PAIRS).map(pair -> (pair * 5 + 1) % IMAGES).toArray();
    double[] gradient = new double[PAIRS];
    Arrays.setAll(gradient, pair -> (pair % 7 - 3) * 0.01);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec);
        AveragedParameters average = new AveragedParameters(network)) {
      double norm = 0;
      for (int step = 0; step < 3; step++) {
        // The last step is of fewer images, in memory that is used again.
        int count = step == 2 ? 2 * IMAGES / 3 : IMAGES;
        network.forward(
            images.stream().map(PixelImage::values).limit(count).toArray(float[][]::new));
        network.pairForward(
            Arrays.stream(left).map(row -> row % count).toArray(),
            Arrays.stream(right).map(row -> row % count).toArray());
        network.auxiliaryLoss(PAIRS / 2, 0.1);
        network.backward(gradient);
        norm += network.gradientNorm();
        network.update(0.7);
        average.approach(0.5);
        average.exchange();
      }
      float[][] embeddings = network.embed(images);
      ImageFeatures features = new UnitEmbeddings(embeddings);
      float[] measured = network.metric().distances(features, left, features, right);
      double[] distances = IntStream.range(0, PAIRS).mapToDouble(pair -> measured[pair]).toArray();
      return new Bits(network.state(), distances, norm, embeddings);
    }
  }
}
