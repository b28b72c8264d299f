package dev.quadstream.network.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.network.environment.NativeLibraries;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Holds a chain's passes to Deeplearning4j's own layers, which convolve through im2col. They leave
 * hundreds of megabytes of arrays behind, which are outside of the heap and go when the heap is
 * collected. ND4J has it collected before it refuses an array, but not before it refuses an
 * operation the memory that it works with.
 */
final class TestingDeeplearning4jChain {

  private TestingDeeplearning4jChain() {}

  /**
   * Outputs and the whole gradient, layer by layer.
   *
   * @param batches sizes, one after the other
   * @param tolerance of the difference's norm over the expected one's
   * @param rowShape [H, W, C], or [F]
   */
  static void assertAgreement(LayerChain chain, int[] batches, double tolerance, long... rowShape) {
    Random random = new Random(2);
    for (int rows : batches) {
      awaitMemory();
      INDArray input = chain.input(rows);
      fill(input, random);
      INDArray copy = input.dup();
      assertThat(input.shape())
          .isEqualTo(LongStream.concat(LongStream.of(rows), LongStream.of(rowShape)).toArray());

      MultiLayerNetwork oracle = chain.network().clone();
      oracle.initGradientsView();
      oracle.setInput(copy);
      INDArray expected = oracle.feedForward(true, false).get(oracle.getnLayers());
      INDArray actual = chain.forward(rows, (from, to) -> {});
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

  /** What the last convolution gives, rectified. */
  static void assertMapsAgree(LayerChain chain, int[] batches, double tolerance) {
    Random random = new Random(2);
    int last = 0;
    for (Layer layer : chain.network().getLayers()) {
      if (layer.conf().getLayer() instanceof ConvolutionLayer) {
        last = layer.getIndex();
      }
    }
    // In the midst of its life: the memory of the passes is there already.
    chain.input(4);
    chain.forward(4, (from, to) -> {});
    chain.keepMaps();
    for (int rows : batches) {
      awaitMemory();
      INDArray input = chain.input(rows);
      fill(input, random);
      MultiLayerNetwork oracle = chain.network().clone();
      INDArray expected = oracle.feedForwardToLayer(last, input.dup(), false).get(last + 1);
      chain.forward(rows, (from, to) -> {});

      INDArray maps = chain.maps(rows);
      assertThat(maps.size(0)).isEqualTo(rows);
      assertClose(Transforms.max(maps, 0), expected.dup('c'), tolerance);
    }
  }

  private static void awaitMemory() {
    Awaitility.await("half of the memory for arrays to be free")
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (NativeLibraries.arrayBytes() <= NativeLibraries.arrayLimitBytes() / 2) {
                return true;
              }
              System.gc();
              return false;
            });
  }

  private static void fill(INDArray array, Random random) {
    NativeArrays.write(random.doubles(array.length(), -1, 1).toArray(), array, 0);
  }

  private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.length()).isEqualTo(expected.length());
    double scale = expected.norm2Number().doubleValue();
    double distance =
        actual
            .reshape(actual.length())
            .sub(expected.reshape(expected.length()))
            .norm2Number()
            .doubleValue();
    assertThat(scale).isGreaterThan(0);
    assertThat(distance / scale).isCloseTo(0, within(tolerance));
  }
}
