package dev.quadstream.network;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.onnx.OnnxGraph;
import dev.quadstream.network.onnx.OnnxLayers;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A second learned head, that of {@link SecondLearnedHeadTest}, as unlike the first as can be: it
 * has two chains, sees the image's pixels through one of them beside the embedding, and its own
 * loss is a squared error.
 */
final class TestingEarlyHead implements PairHead {

  private static final int SEEN = 6;
  private static final int UNITS = 10;

  private final LayerChain stem;
  private final LayerChain pairs;
  private final int embeddingSize;

  private Images images;
  private double[][] rows;
  private int[] left;
  private int[] right;
  private double[] distances;
  private double[] auxiliaryGradients;

  TestingEarlyHead(NetworkSpec spec, List<LayerChain> chains) {
    this.stem = chains.get(0);
    this.pairs = chains.get(1);
    this.embeddingSize = spec.embeddingSize();
  }

  static List<ChainDefinition> chains(NetworkSpec spec, DataType dataType) {
    InputType pixels = InputType.feedForward(spec.input().size());
    InputType pair = InputType.feedForward(PairFeatures.size(SEEN + spec.embeddingSize()));
    return List.of(
        new ChainDefinition(
            "early-stem",
            Configurations.headLayers(spec, dataType, 0)
                .layer(Configurations.linear(SEEN))
                .setInputType(pixels)
                .build(),
            pixels),
        new ChainDefinition(
            "early-pairs",
            Configurations.headLayers(spec, dataType, 1)
                .layer(Configurations.dense(UNITS))
                .layer(Configurations.linear(1))
                .setInputType(pair)
                .build(),
            pair));
  }

  @Override
  public double[] forward(Images images, int[] left, int[] right) {
    this.images = images;
    this.left = left.clone();
    this.right = right.clone();
    auxiliaryGradients = new double[left.length];
    rows = rows(row -> images.pixels()[row], images.embeddings());
    distances = new double[left.length];
    if (left.length > 0) {
      int size = PairFeatures.size(SEEN + embeddingSize);
      INDArray input = pairs.input(left.length);
      double[] features = new double[size];
      for (int pair = 0; pair < left.length; pair++) {
        PairFeatures.write(rows[left[pair]], rows[right[pair]], features, 0);
        NativeArrays.write(features, input, (long) pair * size);
      }
      double[] logits = NativeArrays.doubles(pairs.forward(left.length, (from, to) -> {}));
      Arrays.setAll(distances, pair -> Sigmoid.of(logits[pair]));
    }
    return distances.clone();
  }

  /** Of each image what the stem makes of its pixels, then its embedding. */
  private double[][] rows(IntFunction<float[]> pixels, double[][] embeddings) {
    INDArray input = stem.input(embeddings.length);
    for (int row = 0; row < embeddings.length; row++) {
      float[] values = pixels.apply(row);
      NativeArrays.write(values, input, (long) row * values.length);
    }
    double[][] seen = NativeArrays.rows(stem.forward(embeddings.length, (from, to) -> {}));
    double[][] both = new double[embeddings.length][];
    for (int row = 0; row < both.length; row++) {
      both[row] = Arrays.copyOf(seen[row], SEEN + embeddingSize);
      System.arraycopy(embeddings[row], 0, both[row], SEEN, embeddingSize);
    }
    return both;
  }

  @Override
  public double auxiliaryLoss(int samePairs, double weight) {
    double loss = 0;
    for (int pair = 0; pair < distances.length; pair++) {
      double error = distances[pair] - (pair < samePairs ? 0 : 1);
      loss += weight * error * error;
      auxiliaryGradients[pair] = 2 * weight * error;
    }
    return loss;
  }

  @Override
  public double[][] backward(double[] distanceGradients) {
    double[][] ofRows = new double[rows.length][SEEN + embeddingSize];
    if (left.length == 0) {
      stem.gradients().assign(0);
      pairs.gradients().assign(0);
    } else {
      double[] ofLogits = new double[left.length];
      Arrays.setAll(
          ofLogits,
          pair ->
              (distanceGradients[pair] + auxiliaryGradients[pair])
                  * distances[pair]
                  * (1 - distances[pair]));
      double[] ofFeatures = NativeArrays.doubles(pairs.backward(ofLogits));
      int size = PairFeatures.size(SEEN + embeddingSize);
      for (int pair = 0; pair < left.length; pair++) {
        PairFeatures.addGradient(
            rows[left[pair]],
            rows[right[pair]],
            ofFeatures,
            pair * size,
            ofRows[left[pair]],
            ofRows[right[pair]]);
      }
      double[] ofSeen = new double[rows.length * SEEN];
      for (int row = 0; row < rows.length; row++) {
        System.arraycopy(ofRows[row], 0, ofSeen, row * SEEN, SEEN);
      }
      stem.backward(ofSeen);
    }
    double[][] ofEmbeddings = new double[images.embeddings().length][];
    Arrays.setAll(ofEmbeddings, row -> Arrays.copyOfRange(ofRows[row], SEEN, SEEN + embeddingSize));
    return ofEmbeddings;
  }

  @Override
  public ImageFeatures features(IntFunction<float[]> pixels, float[][] embeddings) {
    double[][] wide = new double[embeddings.length][embeddingSize];
    for (int row = 0; row < wide.length; row++) {
      for (int i = 0; i < embeddingSize; i++) {
        wide[row][i] = embeddings[row][i];
      }
    }
    return new Seen(embeddings.length == 0 ? wide : rows(pixels, wide));
  }

  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  private record Seen(double[][] rows) implements ImageFeatures {

    @Override
    public ImageFeatures select(int[] images) {
      return new Seen(Arrays.stream(images).mapToObj(row -> rows[row]).toArray(double[][]::new));
    }
  }

  @Override
  public PairMetric metric() {
    INDArray hidden = weights(0, DefaultParamInitializer.WEIGHT_KEY).dup();
    INDArray hiddenBias = weights(0, DefaultParamInitializer.BIAS_KEY).dup();
    INDArray output = weights(1, DefaultParamInitializer.WEIGHT_KEY).dup();
    double bias = weights(1, DefaultParamInitializer.BIAS_KEY).getDouble(0);
    double[][] hiddenRows = hidden.toDoubleMatrix();
    double[] hiddenBiases = hiddenBias.toDoubleVector();
    double[] outputs = output.toDoubleVector();
    return new PairMetric() {
      @Override
      public float[] distances(
          ImageFeatures left, int[] leftImages, ImageFeatures right, int[] rightImages) {
        float[] g = new float[leftImages.length];
        double[] features = new double[hiddenRows.length];
        for (int pair = 0; pair < g.length; pair++) {
          PairFeatures.write(
              ((Seen) left).rows()[leftImages[pair]],
              ((Seen) right).rows()[rightImages[pair]],
              features,
              0);
          double logit = bias;
          for (int unit = 0; unit < UNITS; unit++) {
            double sum = hiddenBiases[unit];
            for (int i = 0; i < features.length; i++) {
              sum += hiddenRows[i][unit] * features[i];
            }
            logit += outputs[unit] * Math.max(0, sum);
          }
          g[pair] = (float) Sigmoid.of(logit);
        }
        return g;
      }

      @Override
      public boolean fusesLate() {
        return false;
      }
    };
  }

  private INDArray weights(int layer, String key) {
    return pairs.network().getLayer(layer).paramTable().get(key);
  }

  @Override
  public String addTo(OnnxGraph graph) {
    int size = SEEN + embeddingSize;
    String features =
        PairFeatures.addTo(
            graph, size, graph.floatInput("left", size), graph.floatInput("right", size));
    String g = graph.operator("Sigmoid", OnnxLayers.add(graph, pairs.network(), features));
    return graph.operator("Gather", Map.of("axis", 1L), g, graph.index(0));
  }

  @Override
  public void close() {
    // Nothing native beside the chains.
  }
}
