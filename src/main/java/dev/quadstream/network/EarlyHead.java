package dev.quadstream.network;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.PairSoftmaxLoss;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.onnx.OnnxGraph;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The {@link LearnedHead}, which is g, and beside it a second head that sees the two images before
 * they are embeddings and orders the nearest ones anew: convolutions over the {@link MapComparison}
 * of their feature maps, as the paper joins two images by what its first convolutions make of each
 * (Chen et al., CVPR 2017, §3.2).
 *
 * <p>It learns from the pairs of the batch's quadruplets that a positive is nearer to its anchor
 * than the negative, by the logistic loss of z(i, j) − z(i, k) (Burges et al. 2005), and a little
 * from the pair softmax. All pairs of a batch would be too many for convolutions, so mining,
 * margins and the loss remain those of g. Its gradient ends at the feature maps: trunk and g are
 * what they would be without it, bit for bit, and {@link #auxiliaryLoss} is that of g alone.
 */
final class EarlyHead implements PairHead {

  static final String CHAIN = "early";

  private static final int CHANNELS = 32;
  private static final double PAIR_SOFTMAX_WEIGHT = 0.3;

  private final LearnedHead late;
  private final LayerChain chain;
  private final ChainDefinition definition;
  private final MapComparison comparison;

  private LayerChain ofMetrics;
  private Images images;
  private int[] left;
  private int[] right;
  private double[] logitGradients;

  EarlyHead(NetworkSpec spec, List<LayerChain> chains) {
    this.late = new LearnedHead(spec, chains.subList(0, 1));
    this.chain = chains.get(1);
    this.definition = definition(spec, DataType.FLOAT);
    InputType.InputTypeConvolutional grid =
        (InputType.InputTypeConvolutional) definition.inputType();
    this.comparison =
        new MapComparison(Math.toIntExact(grid.getHeight()), Math.toIntExact(grid.getWidth()));
  }

  static List<ChainDefinition> chains(NetworkSpec spec, DataType dataType) {
    List<ChainDefinition> chains = new ArrayList<>(LearnedHead.chains(spec, dataType));
    chains.add(definition(spec, dataType));
    return List.copyOf(chains);
  }

  /** The comparison of two maps [P, H, W, {@value MapComparison#CHANNELS}] → z [P, 1]. */
  private static ChainDefinition definition(NetworkSpec spec, DataType dataType) {
    InputType.InputTypeConvolutional map = mapOf(spec);
    InputType grid =
        InputType.convolutional(
            map.getHeight(), map.getWidth(), MapComparison.CHANNELS, CNN2DFormat.NHWC);
    return new ChainDefinition(
        CHAIN,
        Configurations.headLayers(spec, dataType, 1)
            .layer(Configurations.sameConvolution(CHANNELS))
            .layer(Configurations.halvingPool())
            .layer(Configurations.sameConvolution(CHANNELS))
            .layer(Configurations.halvingPool())
            .layer(Configurations.dense(CHANNELS))
            .layer(Configurations.linear(1))
            .setInputType(grid)
            .build(),
        grid);
  }

  /** The number of values of an image's feature map. */
  static long mapSize(NetworkSpec spec) {
    return mapOf(spec).arrayElementsPerExample();
  }

  /** What the trunk's last convolution gives. */
  private static InputType.InputTypeConvolutional mapOf(NetworkSpec spec) {
    ChainDefinition trunk = Configurations.trunk(spec, DataType.FLOAT);
    InputType type = trunk.inputType();
    InputType map = type;
    int index = 0;
    Layer layer = trunk.configuration().getConf(index).getLayer();
    while (!(layer instanceof DenseLayer)) {
      type = layer.getOutputType(index, type);
      if (layer instanceof ConvolutionLayer) {
        map = type;
      }
      index++;
      layer = trunk.configuration().getConf(index).getLayer();
    }
    return (InputType.InputTypeConvolutional) map;
  }

  @Override
  public boolean seesMaps() {
    return true;
  }

  @Override
  public double[] forward(Images images, int[] left, int[] right) {
    this.images = images;
    this.left = left.clone();
    this.right = right.clone();
    this.logitGradients = null;
    return late.forward(images, left, right);
  }

  @Override
  public double auxiliaryLoss(int samePairs, double weight) {
    if (left.length > 0) {
      logitGradients = loss(logits(), samePairs).logitGradients();
    }
    return late.auxiliaryLoss(samePairs, weight);
  }

  /**
   * The loss of this head alone.
   *
   * @param logits of as many pairs of one class, of their anchors with their negatives, and of
   *     further pairs of two classes
   */
  static PairSoftmaxLoss.Result loss(double[] logits, int samePairs) {
    PairSoftmaxLoss.Result softmax =
        new PairSoftmaxLoss(PAIR_SOFTMAX_WEIGHT)
            .of(Arrays.stream(logits).map(Sigmoid::of).toArray(), samePairs);
    double loss = softmax.loss();
    double[] gradients = softmax.logitGradients();
    for (int same = 0; same < samePairs; same++) {
      int different = samePairs + same;
      double gap = logits[different] - logits[same];
      // log(1 + e^−gap), without the overflow.
      loss += (Math.log1p(Math.exp(-Math.abs(gap))) + Math.max(0, -gap)) / samePairs;
      double slope = Sigmoid.of(-gap) / samePairs;
      gradients[same] += slope;
      gradients[different] -= slope;
    }
    return new PairSoftmaxLoss.Result(loss, gradients);
  }

  /** z of the pairs of the last {@link #forward}. */
  double[] logits() {
    EarlyMetric.Seen seen = seen(images.maps().get(), UnitEmbeddings.toFloats(images.embeddings()));
    INDArray input = chain.input(left.length);
    return NativeArrays.doubles(
        chain.forward(
            left.length,
            (from, to) -> {
              for (int pair = from; pair < to; pair++) {
                NativeArrays.write(
                    seen.pair(comparison, left[pair], seen, right[pair]),
                    input,
                    (long) pair * comparison.size());
              }
            }));
  }

  @Override
  public double[][] backward(double[] distanceGradients) {
    if (logitGradients == null) {
      chain.gradients().assign(0);
    } else {
      chain.backward(logitGradients);
    }
    return late.backward(distanceGradients);
  }

  @Override
  public ImageFeatures features(IntFunction<float[]> pixels, float[][] embeddings) {
    return late.features(pixels, embeddings);
  }

  @Override
  public PairMetric metric() {
    return late.metric();
  }

  @Override
  public Optional<PairMetric> reRanking() {
    if (ofMetrics == null) {
      ofMetrics = new LayerChain(definition);
    }
    return Optional.of(
        new EarlyMetric(comparison, ofMetrics, NativeArrays.floats(chain.parameters())));
  }

  @Override
  public ImageFeatures reRankingFeatures(Supplier<float[][]> maps, float[][] embeddings) {
    return seen(maps.get(), embeddings);
  }

  private EarlyMetric.Seen seen(float[][] maps, float[][] embeddings) {
    return new EarlyMetric.Seen(
        Arrays.stream(maps)
            .map(map -> FeatureMap.of(map, comparison.cells()))
            .toArray(FeatureMap[]::new),
        embeddings);
  }

  /** g alone: an export is there to embed and to compare embeddings. */
  @Override
  public String addTo(OnnxGraph graph) {
    return late.addTo(graph);
  }

  @Override
  public void close() {
    late.close();
    if (ofMetrics != null) {
      ofMetrics.close();
    }
  }
}
