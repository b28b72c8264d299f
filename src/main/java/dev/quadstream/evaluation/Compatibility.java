package dev.quadstream.evaluation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What vectors of several models of a run are worth together: the same images under each, the
 * newest model last. Each image is looked up among all others and never finds itself.
 */
public final class Compatibility {

  private static final int HELD_OUT = 2;

  private final List<float[][]> vectors;
  private final List<String> labels;

  /**
   * Embedded images.
   *
   * @param vectors [N][E] of each model, the newest last
   * @param labels the class of each of the N images, two at least
   */
  public Compatibility(List<float[][]> vectors, List<String> labels) {
    this.vectors = List.copyOf(vectors);
    this.labels = List.copyOf(labels);
  }

  /** recall@1 of images under one model among the same images under another. */
  public static double recall(float[][] gallery, float[][] probes, List<String> labels) {
    int[] groups = IntStream.range(0, labels.size()).toArray();
    return Retrieval.byDistance()
        .score(
            LabeledVectors.grouped(gallery, labels, groups),
            LabeledVectors.grouped(probes, labels, groups))
        .recallAt(1);
  }

  /** recall@1 with probes by model {@code row} in a gallery by model {@code column}. */
  public double[][] matrix() {
    double[][] matrix = new double[vectors.size()][vectors.size()];
    for (int probes = 0; probes < matrix.length; probes++) {
      for (int gallery = 0; gallery < matrix.length; gallery++) {
        matrix[probes][gallery] = recall(vectors.get(gallery), vectors.get(probes), labels);
      }
    }
    return matrix;
  }

  /** recall@1 of probes by the newest model in a gallery whose images are by models in turn. */
  public double mixed(int firstModel) {
    int models = vectors.size() - firstModel;
    float[][] gallery = new float[labels.size()][];
    for (int i = 0; i < gallery.length; i++) {
      gallery[i] = vectors.get(firstModel + i % models)[i];
    }
    return recall(gallery, newest(), labels);
  }

  /**
   * recall@1 of probes by the newest model in a gallery that is mapped to it from an earlier one:
   * of one half of the images, by a map that was fitted to the other.
   *
   * @return by mapped vectors, and by the newest model's own
   */
  public double[] mapped(int model) {
    int[] fit = IntStream.range(0, labels.size()).filter(i -> i % HELD_OUT != 0).toArray();
    int[] test = IntStream.range(0, labels.size()).filter(i -> i % HELD_OUT == 0).toArray();
    VectorMap map = VectorMap.fit(rows(vectors.get(model), fit), rows(newest(), fit));
    float[][] own = rows(newest(), test);
    float[][] gallery = new float[test.length][];
    for (int i = 0; i < test.length; i++) {
      gallery[i] = map.apply(vectors.get(model)[test[i]]);
    }
    List<String> tested = IntStream.of(test).mapToObj(labels::get).toList();
    return new double[] {recall(gallery, own, tested), recall(own, own, tested)};
  }

  private float[][] newest() {
    return vectors.get(vectors.size() - 1);
  }

  private static float[][] rows(float[][] vectors, int[] rows) {
    return IntStream.of(rows).mapToObj(row -> vectors[row]).toArray(float[][]::new);
  }
}
