package dev.quadstream.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Chooses quadruplets from the images of one batch. Stateless and thread-safe.
 *
 * <p>One rule serves both negatives: the first is chosen against the anchor with α₁, the second
 * against the first negative with α₂, as Eq. 3 pairs them. For the triplet loss, Eq. 2, there is no
 * second one, and two classes are enough.
 *
 * @param policy which negatives are chosen
 * @param form whether quadruplets are wanted or triplets
 */
public record QuadrupletMiner(MiningPolicy policy, LossForm form) {

  private static final int NEAREST_WHEN_NONE_VIOLATES = 5;

  /**
   * Mines up to {@code asked} quadruplets, going round the rows as anchors.
   *
   * <p>A row whose class has no second image in the batch anchors none. Each round gives every
   * other row one quadruplet, until as many as asked for are found.
   *
   * @param squared g² of every two rows, in [0, 1], symmetric
   * @param classes class of each row
   * @param margins the margins of the model that {@code squared} comes from
   * @param asked how many quadruplets are wanted
   * @param random draws positives and negatives
   * @return the quadruplets, none where fewer than three classes (two for triplets) or no second
   *     image is at hand
   */
  public List<Quadruplet> mine(
      float[][] squared, int[] classes, Margins margins, int asked, SplittableRandom random) {
    List<Quadruplet> quadruplets = new ArrayList<>(asked);
    int foundBefore = -1;
    while (quadruplets.size() < asked && quadruplets.size() > foundBefore) {
      foundBefore = quadruplets.size();
      for (int anchor = 0; anchor < classes.length && quadruplets.size() < asked; anchor++) {
        Quadruplet quadruplet = mineFor(anchor, squared, classes, margins, random);
        if (quadruplet != null) {
          quadruplets.add(quadruplet);
        }
      }
    }
    return quadruplets;
  }

  private Quadruplet mineFor(
      int anchor, float[][] squared, int[] classes, Margins margins, SplittableRandom random) {
    int positive = choosePositive(anchor, squared[anchor], classes, random);
    if (positive < 0) {
      return null;
    }
    double positiveDistance = squared[anchor][positive];
    int own = classes[anchor];
    int negative =
        chooseNegative(
            squared[anchor], positiveDistance, margins.first(), classes, own, own, random);
    if (negative < 0) {
      return null;
    }
    if (form == LossForm.TRIPLET) {
      return Quadruplet.triplet(anchor, positive, negative);
    }
    int secondNegative =
        chooseNegative(
            squared[negative],
            positiveDistance,
            margins.second(),
            classes,
            own,
            classes[negative],
            random);
    return secondNegative < 0 ? null : new Quadruplet(anchor, positive, negative, secondNegative);
  }

  private int choosePositive(
      int anchor, float[] distances, int[] classes, SplittableRandom random) {
    int chosen = -1;
    int seen = 0;
    for (int row = 0; row < classes.length; row++) {
      if (row == anchor || classes[row] != classes[anchor]) {
        continue;
      }
      seen++;
      boolean better =
          policy == MiningPolicy.HARDEST
              ? chosen < 0 || distances[row] > distances[chosen]
              : random.nextInt(seen) == 0;
      if (better) {
        chosen = row;
      }
    }
    return chosen;
  }

  /** The row chosen among those of neither class, or −1 where there is none. */
  private int chooseNegative(
      float[] distances,
      double positiveDistance,
      double margin,
      int[] classes,
      int excluded,
      int alsoExcluded,
      SplittableRandom random) {
    int nearest = -1;
    int farthest = -1;
    int nearestBeyond = -1;
    int violating = -1;
    int any = -1;
    int violatingSeen = 0;
    int anySeen = 0;
    for (int row = 0; row < classes.length; row++) {
      if (classes[row] == excluded || classes[row] == alsoExcluded) {
        continue;
      }
      float distance = distances[row];
      boolean beyond = distance > positiveDistance;
      if (nearest < 0 || distance < distances[nearest]) {
        nearest = row;
      }
      if (farthest < 0 || distance > distances[farthest]) {
        farthest = row;
      }
      if (beyond && (nearestBeyond < 0 || distance < distances[nearestBeyond])) {
        nearestBeyond = row;
      }
      if (beyond && distance < positiveDistance + margin && random.nextInt(++violatingSeen) == 0) {
        violating = row;
      }
      if (random.nextInt(++anySeen) == 0) {
        any = row;
      }
    }
    return switch (policy) {
      case RANDOM -> any;
      case HARDEST -> nearest;
      case SEMI_HARD -> nearestBeyond >= 0 ? nearestBeyond : farthest;
      case MARGIN ->
          violating >= 0
              ? violating
              : oneOfTheNearest(distances, classes, excluded, alsoExcluded, random);
    };
  }

  private static int oneOfTheNearest(
      float[] distances, int[] classes, int excluded, int alsoExcluded, SplittableRandom random) {
    int[] nearest = new int[NEAREST_WHEN_NONE_VIOLATES];
    int count = 0;
    for (int row = 0; row < classes.length; row++) {
      if (classes[row] == excluded || classes[row] == alsoExcluded) {
        continue;
      }
      int place = count;
      while (place > 0 && distances[row] < distances[nearest[place - 1]]) {
        place--;
      }
      if (place == nearest.length) {
        continue;
      }
      count = Math.min(count + 1, nearest.length);
      System.arraycopy(nearest, place, nearest, place + 1, count - place - 1);
      nearest[place] = row;
    }
    return count == 0 ? -1 : nearest[random.nextInt(count)];
  }
}
