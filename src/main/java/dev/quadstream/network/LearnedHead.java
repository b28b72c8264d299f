package dev.quadstream.network;

import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.PairSoftmaxLoss;
import dev.quadstream.network.onnx.OnnxGraph;
import dev.quadstream.network.onnx.OnnxLayers;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * g = σ(z), z = logit(dissimilar) − logit(similar): the "dissimilar" output of the two-way softmax
 * over a head on the pair's features (FC8 of Chen et al., CVPR 2017, §3.2). Its own loss is the
 * pair softmax.
 */
final class LearnedHead implements PairHead {

  /** Of the one chain; files of the first format version had it, too. */
  static final String CHAIN = "head";

  static final int UNITS = 64;

  private static final int SIMILAR = 0;
  private static final int DISSIMILAR = 1;

  private final int embeddingSize;
  private final LayerChain chain;
  private final LearnedMetric.Memory metricMemory;

  private double[][] embeddings;
  private int[] left;
  private int[] right;
  private double[] distances;
  private double[] logitGradients;

  LearnedHead(NetworkSpec spec, List<LayerChain> chains) {
    this.embeddingSize = spec.embeddingSize();
    this.chain = chains.get(0);
    this.metricMemory = LearnedMetric.Memory.ofEmbeddingSize(spec.embeddingSize());
  }

  /**
   * Pair features [P, 2E] (see {@link PairFeatures}) → [P, 2]: the probabilities that the two
   * images show the same class, and that they show different ones. The paper's FC8 and softmax.
   */
  static List<ChainDefinition> chains(NetworkSpec spec, DataType dataType) {
    InputType features = InputType.feedForward(PairFeatures.size(spec.embeddingSize()));
    return List.of(
        new ChainDefinition(
            CHAIN,
            Configurations.headLayers(spec, dataType, 0)
                .layer(Configurations.dense(UNITS))
                .layer(Configurations.linear(2))
                .layer(Configurations.softmax())
                .setInputType(features)
                .build(),
            features));
  }

  @Override
  public double[] forward(Images images, int[] left, int[] right) {
    this.embeddings = images.embeddings();
    this.left = left.clone();
    this.right = right.clone();
    logitGradients = null;
    distances = new double[left.length];
    if (left.length == 0) {
      return distances;
    }
    INDArray features = chain.input(left.length);
    double[] logits =
        NativeArrays.doubles(
            chain.forward(left.length, (from, to) -> writeFeatures(features, from, to)));
    for (int pair = 0; pair < distances.length; pair++) {
      distances[pair] = Sigmoid.of(logits[2 * pair + DISSIMILAR] - logits[2 * pair + SIMILAR]);
    }
    return distances.clone();
  }

  private void writeFeatures(INDArray target, int from, int to) {
    int featureSize = PairFeatures.size(embeddings[0].length);
    double[] features = new double[featureSize];
    for (int pair = from; pair < to; pair++) {
      PairFeatures.write(embeddings[left[pair]], embeddings[right[pair]], features, 0);
      NativeArrays.write(features, target, (long) pair * featureSize);
    }
  }

  @Override
  public double auxiliaryLoss(int samePairs, double weight) {
    PairSoftmaxLoss.Result softmax = new PairSoftmaxLoss(weight).of(distances, samePairs);
    logitGradients = softmax.logitGradients();
    return softmax.loss();
  }

  @Override
  public double[][] backward(double[] distanceGradients) {
    double[][] gradients = new double[embeddings.length][embeddings[0].length];
    if (left.length == 0) {
      chain.gradients().assign(0);
      return gradients;
    }
    double[] outputGradients = new double[2 * left.length];
    for (int pair = 0; pair < left.length; pair++) {
      double g = distances[pair];
      double ofLogit = distanceGradients[pair] * g * (1 - g);
      if (logitGradients != null) {
        // By the logit, where it stays finite however sure the head is.
        ofLogit += logitGradients[pair];
      }
      outputGradients[2 * pair + DISSIMILAR] = ofLogit;
      outputGradients[2 * pair + SIMILAR] = -ofLogit;
    }
    double[] featureGradients = NativeArrays.doubles(chain.backward(outputGradients));
    int featureSize = PairFeatures.size(embeddings[0].length);
    for (int pair = 0; pair < left.length; pair++) {
      PairFeatures.addGradient(
          embeddings[left[pair]],
          embeddings[right[pair]],
          featureGradients,
          pair * featureSize,
          gradients[left[pair]],
          gradients[right[pair]]);
    }
    return gradients;
  }

  @Override
  public PairMetric metric() {
    return new LearnedMetric(chain, metricMemory);
  }

  @Override
  public String addTo(OnnxGraph graph) {
    String left = graph.floatInput("left", embeddingSize);
    String right = graph.floatInput("right", embeddingSize);
    String probabilities =
        OnnxLayers.add(
            graph, chain.network(), PairFeatures.addTo(graph, embeddingSize, left, right));
    return graph.operator("Gather", Map.of("axis", 1L), probabilities, graph.index(DISSIMILAR));
  }

  @Override
  public void close() {
    metricMemory.close();
  }
}
