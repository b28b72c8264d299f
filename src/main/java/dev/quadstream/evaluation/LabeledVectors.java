package dev.quadstream.evaluation;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.UnitEmbeddings;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Vectors with their classes: a gallery, a set of probes, or one set that is both.
 *
 * <p>The arrays are not copied: whoever holds a {@code LabeledVectors} must not write to them.
 * Under that rule it is safe for use by several threads.
 */
public final class LabeledVectors {

  private final float[][] vectors;
  private final List<String> labels;
  private final int[] groups;
  private final ImageFeatures features;

  private LabeledVectors(
      float[][] vectors, List<String> labels, int[] groups, ImageFeatures features) {
    this.vectors = vectors;
    this.labels = List.copyOf(labels);
    this.groups = groups;
    this.features = features;
    requireOneEach("labels", labels.size());
    if (groups != null) {
      requireOneEach("groups", groups.length);
    }
    for (int row = 0; row < vectors.length; row++) {
      requireUsable(row);
    }
  }

  /**
   * Vectors and their classes.
   *
   * @param vectors one a row, all of one length, finite; unit-length embeddings or raw pixels
   * @param labels the class of each row
   * @throws IllegalArgumentException if the numbers or lengths differ or a value is not finite
   */
  public static LabeledVectors of(float[][] vectors, List<String> labels) {
    return new LabeledVectors(vectors, labels, null, new UnitEmbeddings(vectors));
  }

  /**
   * Vectors of which some are too alike to count as a find.
   *
   * @param vectors as in {@link #of}
   * @param labels as in {@link #of}
   * @param groups a number for each row: a probe does not see the gallery's images of its own
   *     group, such as the same icon in a sibling family
   * @throws IllegalArgumentException as in {@link #of}
   */
  public static LabeledVectors grouped(float[][] vectors, List<String> labels, int[] groups) {
    return new LabeledVectors(
        vectors, labels, Objects.requireNonNull(groups, "groups"), new UnitEmbeddings(vectors));
  }

  /**
   * The same with what a pair metric sees of the images, where that is not the vectors.
   *
   * @param features of as many images, in the same order
   */
  public LabeledVectors seenAs(ImageFeatures features) {
    return new LabeledVectors(vectors, labels, groups, features);
  }

  /** How many vectors there are, 0 or more. */
  public int size() {
    return vectors.length;
  }

  /** The length of each vector; 0 where there is none. */
  public int width() {
    return vectors.length == 0 ? 0 : vectors[0].length;
  }

  float[][] vectors() {
    return vectors;
  }

  ImageFeatures features() {
    return features;
  }

  List<String> labels() {
    return labels;
  }

  boolean hasGroups() {
    return groups != null;
  }

  /** Whether row {@code own} must not see row {@code index} of {@code other}. */
  boolean sharesGroup(int own, LabeledVectors other, int index) {
    return groups != null && other.groups != null && groups[own] == other.groups[index];
  }

  /** The rows named by {@code indices}, in that order. */
  LabeledVectors select(int[] indices) {
    float[][] selected = new float[indices.length][];
    String[] selectedLabels = new String[indices.length];
    int[] selectedGroups = groups == null ? null : new int[indices.length];
    for (int row = 0; row < indices.length; row++) {
      selected[row] = vectors[indices[row]];
      selectedLabels[row] = labels.get(indices[row]);
      if (groups != null) {
        selectedGroups[row] = groups[indices[row]];
      }
    }
    return new LabeledVectors(
        selected, List.of(selectedLabels), selectedGroups, features.select(indices));
  }

  /** The class of each row as a number; labels not yet in {@code numbers} are added to it. */
  int[] classes(Map<String, Integer> numbers) {
    int[] classes = new int[labels.size()];
    for (int row = 0; row < classes.length; row++) {
      classes[row] = numbers.computeIfAbsent(labels.get(row), label -> numbers.size());
    }
    return classes;
  }

  private void requireOneEach(String what, int count) {
    if (count != vectors.length) {
      throw new IllegalArgumentException(
          "There are %d vectors but %d %s; each vector needs one."
              .formatted(vectors.length, count, what));
    }
  }

  private void requireUsable(int row) {
    if (vectors[row].length != vectors[0].length) {
      throw new IllegalArgumentException(
          "Vector %d has %d values but vector 0 has %d; all must come from the same model."
              .formatted(row, vectors[row].length, vectors[0].length));
    }
    for (float value : vectors[row]) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "Vector %d (label \"%s\") holds %s; a model that gives such values has diverged."
                .formatted(row, labels.get(row), value));
      }
    }
  }
}
