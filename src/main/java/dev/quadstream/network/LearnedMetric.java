package dev.quadstream.network;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.RowBuffer;
import java.util.Map;
import java.util.function.IntFunction;
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

  /** Pairs in memory at a time: bounds it to about 3 MB at an embedding size of 64. */
  private static final int MAX_PAIRS = 4096;

  /** Pairs of a thread, which stay in its cache. */
  private static final int CHUNK = 512;

  /** Pairs copied at a time: larger arrays would be the heap's greatest burden. */
  private static final int BLOCK = 64;

  /** The memory of all metrics of a network, so that none has to be allocated for each. */
  record Memory(RowBuffer features, RowBuffer hidden) implements AutoCloseable {

    static Memory ofEmbeddingSize(int embeddingSize) {
      return new Memory(
          new RowBuffer(DataType.FLOAT, PairFeatures.size(embeddingSize)),
          new RowBuffer(DataType.FLOAT, LearnedHead.UNITS));
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
  public float[] distances(
      ImageFeatures left, int[] leftImages, ImageFeatures right, int[] rightImages) {
    float[][] leftRows = UnitEmbeddings.rowsOf(left);
    float[][] rightRows = UnitEmbeddings.rowsOf(right);
    float[] distances = new float[leftImages.length];
    for (int start = 0; start < distances.length; start += MAX_PAIRS) {
      int from = start;
      int count = Math.min(MAX_PAIRS, distances.length - start);
      memory.features().rows(count);
      memory.hidden().rows(count);
      NativeThreads.forEach(
          (count + CHUNK - 1) / CHUNK,
          chunk -> {
            int first = chunk * CHUNK;
            int pairs = Math.min(CHUNK, count - first);
            INDArray featureRows = memory.features().slice(first, pairs);
            INDArray hiddenRows = memory.hidden().slice(first, pairs);
            writeFeatures(
                pair -> leftRows[leftImages[from + first + pair]],
                pair -> rightRows[rightImages[from + first + pair]],
                pairs,
                featureRows);
            // See DensePass for the transposed product.
            Nd4j.gemm(
                hiddenWeights, featureRows.transpose(), hiddenRows.transpose(), true, false, 1, 0);
            readDistances(hiddenRows, distances, from + first, pairs);
          });
    }
    return distances;
  }

  private void writeFeatures(
      IntFunction<float[]> left, IntFunction<float[]> right, int count, INDArray target) {
    FloatPointer features = new FloatPointer((FloatPointer) target.data().addressPointer());
    float[] block = new float[Math.min(BLOCK, count) * featureSize];
    for (int first = 0; first < count; first += BLOCK) {
      int pairs = Math.min(BLOCK, count - first);
      for (int i = 0; i < pairs; i++) {
        PairFeatures.write(
            ofSize(left.apply(first + i)), ofSize(right.apply(first + i)), block, i * featureSize);
      }
      features.position((long) first * featureSize).put(block, 0, pairs * featureSize);
    }
  }

  private float[] ofSize(float[] embedding) {
    if (PairFeatures.size(embedding.length) != featureSize) {
      throw new IllegalArgumentException(
          "An embedding has %d values, but the metric was learned on %d."
              .formatted(embedding.length, featureSize / 2));
    }
    return embedding;
  }

  private void readDistances(INDArray hidden, float[] distances, int start, int count) {
    FloatPointer activations = new FloatPointer((FloatPointer) hidden.data().addressPointer());
    int units = hiddenBias.length;
    float[] block = new float[Math.min(BLOCK, count) * units];
    for (int first = 0; first < count; first += BLOCK) {
      int pairs = Math.min(BLOCK, count - first);
      activations.position((long) first * units).get(block, 0, pairs * units);
      for (int i = 0; i < pairs; i++) {
        distances[start + first + i] = (float) Sigmoid.of(logit(block, i * units));
      }
    }
  }

  private float logit(float[] activations, int offset) {
    float logit = logitBias;
    for (int unit = 0; unit < hiddenBias.length; unit++) {
      logit += logitWeights[unit] * Math.max(0, activations[offset + unit] + hiddenBias[unit]);
    }
    return logit;
  }
}
