package dev.quadstream.training;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * One of the quadruplets of a window that violate the margins most, so that people can look at it:
 * wrong labels end up here. As JSON, the fields of all parts lie side by side.
 *
 * @param images which images
 * @param labels their classes
 * @param distances how far apart they are
 * @param violation the sum of both hinge terms of Eq. 3
 */
public record HardQuadruplet(
    @JsonUnwrapped Images images,
    @JsonUnwrapped Labels labels,
    @JsonUnwrapped Distances distances,
    double violation) {

  /**
   * Ids of the images.
   *
   * @param anchor i
   * @param positive j
   * @param negative k
   * @param secondNegative l; null for the triplet loss, which does not have it
   */
  public record Images(String anchor, String positive, String negative, String secondNegative) {}

  /**
   * The classes.
   *
   * @param label of anchor and positive
   * @param negativeLabel of k
   * @param secondNegativeLabel of l, or null likewise
   */
  public record Labels(String label, String negativeLabel, String secondNegativeLabel) {}

  /**
   * Distances, 0 to 1, between the images as they were trained on: augmented, and before the
   * window's step.
   *
   * @param positiveDistance g(i,j)
   * @param negativeDistance g(i,k)
   * @param secondNegativeDistance g(l,k), or null likewise
   */
  public record Distances(
      double positiveDistance, double negativeDistance, Double secondNegativeDistance) {}
}
