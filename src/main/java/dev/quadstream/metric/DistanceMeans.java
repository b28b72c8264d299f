package dev.quadstream.metric;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The means μ_p and μ_n of Eq. 4: of g² over pairs of one class and over pairs of two classes.
 *
 * <p>They are taken over the pairs of a batch's distinct images, or over those of its quadruplets,
 * as the paper does with quadruplets drawn at random. Mined negatives are the near ones: a mean
 * over them comes out close to μ_p, the margin goes to 0, no pair is active and nothing is learned
 * ever after (the absorbing state of docs/algorithm.md).
 *
 * @param positive μ_p, in [0, 1]; NaN where the batch had no pair of one class
 * @param negative μ_n, in [0, 1]; NaN where the batch had no pair of two classes
 */
public record DistanceMeans(double positive, double negative) {

  /** The means of a batch that had no pair of either kind. */
  public static final DistanceMeans UNDEFINED = new DistanceMeans(Double.NaN, Double.NaN);

  /**
   * The means over the pairs of a batch.
   *
   * @param metric g
   * @param images what g sees of each distinct image
   * @param classes class of each image
   * @param maxPairs at most so many pairs of each kind are measured, drawn at random beyond that
   * @param random draws the pairs
   */
  public static DistanceMeans overPairs(
      PairMetric metric,
      ImageFeatures images,
      int[] classes,
      int maxPairs,
      SplittableRandom random) {
    return new DistanceMeans(
        mean(metric, images, pairs(classes, true, maxPairs, random)),
        mean(metric, images, pairs(classes, false, maxPairs, random)));
  }

  /**
   * The means as Eq. 4 has them: over the N_p = M pairs (i, j) of the quadruplets, and over their
   * N_n = 2M pairs (i, k) and (l, k); of triplets, which have no l, over the M pairs (i, k).
   *
   * @param metric g
   * @param images what g sees of each distinct image
   * @param quadruplets rows of those images
   */
  public static DistanceMeans overQuadruplets(
      PairMetric metric, ImageFeatures images, List<Quadruplet> quadruplets) {
    int count = quadruplets.size();
    int[][] same = new int[2][count];
    int[][] different = new int[2][2 * count];
    int negatives = 0;
    for (int q = 0; q < count; q++) {
      Quadruplet quadruplet = quadruplets.get(q);
      same[0][q] = quadruplet.anchor();
      same[1][q] = quadruplet.positive();
      different[0][negatives] = quadruplet.anchor();
      different[1][negatives++] = quadruplet.negative();
      if (!quadruplet.isTriplet()) {
        different[0][negatives] = quadruplet.secondNegative();
        different[1][negatives++] = quadruplet.negative();
      }
    }
    return new DistanceMeans(
        mean(metric, images, same),
        mean(
            metric,
            images,
            new int[][] {
              Arrays.copyOf(different[0], negatives), Arrays.copyOf(different[1], negatives)
            }));
  }

  /** Whether both means are defined. */
  public boolean defined() {
    return !Double.isNaN(positive) && !Double.isNaN(negative);
  }

  /**
   * These means moved towards newly observed ones: {@code keep · this + (1 − keep) · observed}.
   *
   * <p>A one-sided window leaves the side that it cannot measure as it was.
   *
   * @param observed the means of one batch
   * @param keep weight of the past, in [0, 1)
   */
  public DistanceMeans smoothedWith(DistanceMeans observed, double keep) {
    return new DistanceMeans(
        smooth(positive, observed.positive, keep), smooth(negative, observed.negative, keep));
  }

  /** These means moved as far as it is from one to another, each side where all are defined. */
  public DistanceMeans movedBy(DistanceMeans from, DistanceMeans to) {
    return new DistanceMeans(
        moved(positive, from.positive, to.positive), moved(negative, from.negative, to.negative));
  }

  private static double moved(double value, double from, double to) {
    if (Double.isNaN(value)) {
      return to;
    }
    double distance = to - from;
    return Double.isNaN(distance) ? value : value + distance;
  }

  private static double smooth(double past, double observed, double keep) {
    if (Double.isNaN(observed)) {
      return past;
    }
    if (Double.isNaN(past)) {
      return observed;
    }
    return keep * past + (1 - keep) * observed;
  }

  /** Reservoir sampling (Vitter's algorithm R) over the pairs of one kind. */
  private static int[][] pairs(int[] classes, boolean same, int maxPairs, SplittableRandom random) {
    int[] left = new int[maxPairs];
    int[] right = new int[maxPairs];
    long seen = 0;
    for (int i = 0; i < classes.length; i++) {
      for (int j = i + 1; j < classes.length; j++) {
        if ((classes[i] == classes[j]) != same) {
          continue;
        }
        long slot = seen < maxPairs ? seen : random.nextLong(seen + 1);
        seen++;
        if (slot < maxPairs) {
          left[(int) slot] = i;
          right[(int) slot] = j;
        }
      }
    }
    int found = (int) Math.min(seen, maxPairs);
    return new int[][] {Arrays.copyOf(left, found), Arrays.copyOf(right, found)};
  }

  private static double mean(PairMetric metric, ImageFeatures images, int[][] pairs) {
    if (pairs[0].length == 0) {
      return Double.NaN;
    }
    double sum = 0;
    for (float distance : metric.distances(images, pairs[0], pairs[1])) {
      sum += (double) distance * distance;
    }
    return sum / pairs[0].length;
  }
}
