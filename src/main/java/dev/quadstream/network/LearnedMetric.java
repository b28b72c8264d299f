package dev.quadstream.network;

import dev.quadstream.metric.PairMetric;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The learned metric for inference: g = σ(logit(dissimilar) − logit(similar)) of the pair head (FC8
 * of Chen et al., CVPR 2017, §3.2).
 *
 * <p>Holds a copy of the head's parameters at the moment of its making; later training steps leave
 * it as it is. Metrics of the same network share their working memory: one thread at a time for all
 * of them.
 *
 * <p>Only the first layer's product is worth a native call. The second layer has two outputs of
 * which only the difference counts, so it folds into one scalar product per pair.
 */
final class LearnedMetric implements PairMetric {

  /** Bounds the memory to about 3 MB at an embedding size of 64, and stays in the cache. */
  private static final int CHUNK = 4096;

  /** The memory of all metrics of a network, so that none has to be allocated for each. */
  record Memory(RowBuffer features, RowBuffer hidden) implements AutoCloseable {

    static Memory ofEmbeddingSize(int embeddingSize) {
      return new Memory(
          new RowBuffer(DataType.FLOAT, PairFeatures.size(embeddingSize)),
          new RowBuffer(DataType.FLOAT, Configurations.HEAD_UNITS));
    }

    @Override
    public void close() {
      features.close();
      hidden.close();
    }
  }

  private final Memory memory;
  private final int featureSize;
  private final INDArray hiddenWeights;
  private final float[] hiddenBias;
  private final float[] logitWeights;
  private final float logitBias;

  LearnedMetric(LayerChain head, Memory memory) {
    this.memory = memory;
    Map<String, INDArray> hidden = head.network().getLayer(0).paramTable();
    Map<String, INDArray> outputs = head.network().getLayer(1).paramTable();
    INDArray weights = hidden.get(DefaultParamInitializer.WEIGHT_KEY);
    this.featureSize = Math.toIntExact(weights.size(0));
    this.hiddenWeights = weights.castTo(DataType.FLOAT).dup('f');
    this.hiddenBias = hidden.get(DefaultParamInitializer.BIAS_KEY).toFloatVector();
    INDArray outputWeights = outputs.get(DefaultParamInitializer.WEIGHT_KEY);
    this.logitWeights = outputWeights.getColumn(1).sub(outputWeights.getColumn(0)).toFloatVector();
    float[] outputBias = outputs.get(DefaultParamInitializer.BIAS_KEY).toFloatVector();
    this.logitBias = outputBias[1] - outputBias[0];
  }

  @Override
  public float[] distances(float[][] embeddings, int[] left, int[] right) {
    for (float[] embedding : embeddings) {
      if (PairFeatures.size(embedding.length) != featureSize) {
        throw new IllegalArgumentException(
            "An embedding has %d values, but the metric was learned on %d."
                .formatted(embedding.length, featureSize / 2));
      }
    }
    float[] distances = new float[left.length];
    int chunk = Math.min(CHUNK, left.length);
    if (chunk == 0) {
      return distances;
    }
    float[] features = new float[chunk * featureSize];
    float[] activations = new float[chunk * hiddenBias.length];
    for (int start = 0; start < left.length; start += chunk) {
      int count = Math.min(chunk, left.length - start);
      for (int i = 0; i < count; i++) {
        float[] a = embeddings[left[start + i]];
        float[] b = embeddings[right[start + i]];
        PairFeatures.write(a, b, features, i * featureSize);
      }
      // A last, shorter chunk leaves rows of the one before behind it; nobody reads them.
      multiply(features, activations, chunk);
      for (int i = 0; i < count; i++) {
        distances[start + i] = (float) Sigmoid.of(logit(activations, i * hiddenBias.length));
      }
    }
    return distances;
  }

  private void multiply(float[] features, float[] activations, int rows) {
    INDArray featureRows = memory.features().rows(rows);
    INDArray hiddenRows = memory.hidden().rows(rows);
    NativeArrays.write(features, featureRows, 0);
    // See DensePass for the transposed product.
    Nd4j.gemm(hiddenWeights, featureRows.transpose(), hiddenRows.transpose(), true, false, 1, 0);
    ((FloatPointer) hiddenRows.data().addressPointer()).get(activations, 0, activations.length);
  }

  private float logit(float[] activations, int offset) {
    float logit = logitBias;
    for (int unit = 0; unit < hiddenBias.length; unit++) {
      logit += logitWeights[unit] * Math.max(0, activations[offset + unit] + hiddenBias[unit]);
    }
    return logit;
  }
}
