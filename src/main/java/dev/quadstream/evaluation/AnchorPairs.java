package dev.quadstream.evaluation;

import dev.quadstream.metric.PairMetric;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Anchors, drawn at random, each with one positive and one negative, drawn at random: all pairs of
 * a set would be too many under a learned metric.
 *
 * @param anchors rows
 * @param positives of each anchor a row of its class
 * @param negatives of each anchor a row of another class
 */
@SuppressWarnings("ArrayRecordComponent") // used once, never compared
record AnchorPairs(int[] anchors, int[] positives, int[] negatives) {

  /**
   * Draws them.
   *
   * @param set images; where it has groups, partners of the anchor's own group are ignored
   * @param most at most how many images to take as anchors, at least 1
   * @param seed what the anchors and partners are a function of
   * @throws IllegalArgumentException if no image has both a positive and a negative
   */
  static AnchorPairs draw(LabeledVectors set, int most, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = shuffledRows(set.size(), random);
    int wanted = Math.min(most, set.size());
    int[] anchors = new int[wanted];
    int[] positives = new int[wanted];
    int[] negatives = new int[wanted];
    int count = 0;
    for (int row = 0; row < order.length && count < wanted; row++) {
      int anchor = order[row];
      int positive = draw(set, anchor, true, random);
      int negative = draw(set, anchor, false, random);
      if (positive < 0 || negative < 0) {
        continue;
      }
      anchors[count] = anchor;
      positives[count] = positive;
      negatives[count++] = negative;
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          ("None of the %1$d images has both another image of its class%2$s and one of another class; "
                  + "give at least two classes, one of them with two images%2$s.")
              .formatted(set.size(), set.hasGroups() ? " by another camera" : ""));
    }
    return new AnchorPairs(
        Arrays.copyOf(anchors, count),
        Arrays.copyOf(positives, count),
        Arrays.copyOf(negatives, count));
  }

  double[] positiveDistances(LabeledVectors set, PairMetric metric) {
    return distances(set, metric, positives);
  }

  double[] negativeDistances(LabeledVectors set, PairMetric metric) {
    return distances(set, metric, negatives);
  }

  private double[] distances(LabeledVectors set, PairMetric metric, int[] partners) {
    float[] distances = metric.distances(set.features(), anchors, partners);
    double[] values = new double[distances.length];
    for (int pair = 0; pair < values.length; pair++) {
      values[pair] = distances[pair];
    }
    return values;
  }

  // Keeps each of the partners seen so far with the same probability; -1 where there is none.
  private static int draw(
      LabeledVectors set, int anchor, boolean sameClass, SplittableRandom random) {
    String label = set.labels().get(anchor);
    int drawn = -1;
    int seen = 0;
    for (int row = 0; row < set.size(); row++) {
      if (row == anchor
          || set.labels().get(row).equals(label) != sameClass
          || set.sharesGroup(anchor, set, row)) {
        continue;
      }
      seen++;
      if (random.nextInt(seen) == 0) {
        drawn = row;
      }
    }
    return drawn;
  }

  private static int[] shuffledRows(int size, SplittableRandom random) {
    int[] rows = new int[size];
    for (int row = 0; row < size; row++) {
      int other = random.nextInt(row + 1);
      rows[row] = rows[other];
      rows[other] = row;
    }
    return rows;
  }
}
