package dev.quadstream.evaluation;

import dev.quadstream.metric.PairMetric;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Mean distance within and between classes under any pair metric g, as in Fig. 5 of Chen et al.,
 * CVPR 2017.
 *
 * <p>Under the learned metric all pairs would be too many, so each anchor is paired with one
 * positive and one negative, drawn at random.
 *
 * @param intra mean g of an anchor and an image of its class, in [0, 1]
 * @param inter mean g of an anchor and an image of another class, in [0, 1]
 * @param anchors how many anchors were measured
 */
public record ClassDistances(Interval intra, Interval inter, int anchors) {

  /**
   * Draws anchors and their partners and measures them.
   *
   * @param set images; where it has groups, partners of the anchor's own group are ignored
   * @param metric g; called twice, with a pair an anchor
   * @param anchors at most how many images to take as anchors, at least 1
   * @param bootstrap draws the intervals, over the anchors
   * @param seed what the anchors and partners are a function of
   * @throws IllegalArgumentException if no image has both a positive and a negative
   */
  public static ClassDistances sample(
      LabeledVectors set, PairMetric metric, int anchors, Bootstrap bootstrap, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = shuffledRows(set.size(), random);
    int most = Math.min(anchors, set.size());
    int[] measured = new int[most];
    int[] positives = new int[most];
    int[] negatives = new int[most];
    int count = 0;
    for (int row = 0; row < order.length && count < most; row++) {
      int anchor = order[row];
      int positive = draw(set, anchor, true, random);
      int negative = draw(set, anchor, false, random);
      if (positive < 0 || negative < 0) {
        continue;
      }
      measured[count] = anchor;
      positives[count] = positive;
      negatives[count++] = negative;
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          ("None of the %d images has both another image of its class and one of another class; "
                  + "give at least two classes, one of them with two images.")
              .formatted(set.size()));
    }
    int[] used = Arrays.copyOf(measured, count);
    return new ClassDistances(
        bootstrap.mean(distances(metric, set, used, positives)),
        bootstrap.mean(distances(metric, set, used, negatives)),
        count);
  }

  private static double[] distances(
      PairMetric metric, LabeledVectors set, int[] anchors, int[] partners) {
    float[] distances =
        metric.distances(set.features(), anchors, Arrays.copyOf(partners, anchors.length));
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
