package dev.quadstream.network;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The early head for inference: g = σ(z), z the one output of its layers on {@link MapComparison}.
 *
 * <p>Holds a copy of the parameters at the moment of its making; later training steps leave it as
 * it is. Metrics of the same network share their working memory: one thread at a time for all of
 * them.
 */
final class EarlyMetric implements PairMetric {

  /** Pairs in memory at a time. */
  private static final int MAX_PAIRS = 256;

  private final MapComparison comparison;
  private final LayerChain shared;
  private final float[] parameters;

  /** What it sees of images: their feature maps, and their embeddings. */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  record Seen(FeatureMap[] maps, float[][] embeddings) implements ImageFeatures {

    @Override
    public ImageFeatures select(int[] images) {
      return new Seen(
          Arrays.stream(images).mapToObj(image -> maps[image]).toArray(FeatureMap[]::new),
          Arrays.stream(images).mapToObj(image -> embeddings[image]).toArray(float[][]::new));
    }

    /** The values of a pair as the head's layers read them. */
    float[] pair(MapComparison comparison, int image, Seen others, int other) {
      double squared = 0;
      for (int i = 0; i < embeddings[image].length; i++) {
        double difference = embeddings[image][i] - others.embeddings[other][i];
        squared += difference * difference;
      }
      return comparison.of(maps[image], others.maps[other], (float) squared);
    }
  }

  /**
   * A metric.
   *
   * @param shared layers of the head's shape, whose parameters anyone may overwrite
   * @param parameters of the head, not to be changed
   */
  EarlyMetric(MapComparison comparison, LayerChain shared, float[] parameters) {
    this.comparison = comparison;
    this.shared = shared;
    this.parameters = parameters;
  }

  @Override
  public float[] distances(
      ImageFeatures left, int[] leftImages, ImageFeatures right, int[] rightImages) {
    Seen ofLeft = seen(left);
    Seen ofRight = seen(right);
    NativeArrays.write(parameters, shared.parameters(), 0);
    float[] distances = new float[leftImages.length];
    for (int start = 0; start < distances.length; start += MAX_PAIRS) {
      int first = start;
      int count = Math.min(MAX_PAIRS, distances.length - start);
      INDArray input = shared.input(count);
      float[] logits =
          NativeArrays.floats(
              shared.forward(
                  count,
                  (from, to) -> {
                    for (int pair = from; pair < to; pair++) {
                      NativeArrays.write(
                          ofLeft.pair(
                              comparison,
                              leftImages[first + pair],
                              ofRight,
                              rightImages[first + pair]),
                          input,
                          (long) pair * comparison.size());
                    }
                  }));
      for (int pair = 0; pair < count; pair++) {
        distances[first + pair] = (float) Sigmoid.of(logits[pair]);
      }
    }
    return distances;
  }

  private static Seen seen(ImageFeatures features) {
    if (features instanceof Seen seen) {
      return seen;
    }
    throw new IllegalArgumentException(
        "The early head compares feature maps, and these features have none: take what"
            + " reRankingFeatures makes of the images.");
  }

  @Override
  public boolean fusesLate() {
    return false;
  }
}
