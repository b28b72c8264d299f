package dev.quadstream.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What each probe's ranking is worth, from which every retrieval measure is a mean.
 *
 * <p>A probe without a positive in the gallery (an image of its own class that it may see) has no
 * ranking to score: it is excluded, and counted.
 *
 * <p>Immutable, so safe for use by several threads.
 */
public final class ProbeScores {

  /**
   * Of one probe.
   *
   * @param inter mean distance to images of other classes, NaN where it was ranked against none
   */
  private record Score(
      int firstPositiveRank,
      double averagePrecision,
      double averagePrecisionAtR,
      double inversePenalty,
      double intra,
      double inter) {}

  private final int gallerySize;
  private final int excludedProbes;
  private final List<Score> scores;

  private ProbeScores(int gallerySize, int excludedProbes, List<Score> scores) {
    this.gallerySize = gallerySize;
    this.excludedProbes = excludedProbes;
    this.scores = List.copyOf(scores);
  }

  /** Probes that were scored. */
  public int probes() {
    return scores.size();
  }

  /** Probes that were not, for want of an image of their class in the gallery. */
  public int excludedProbes() {
    return excludedProbes;
  }

  /**
   * For each scored probe, in order, 1 where a positive is among its k nearest and 0 elsewhere.
   *
   * <p>Two models asked the same probes give arrays that can be subtracted.
   *
   * @param k 1 to the gallery's size
   * @throws IllegalArgumentException if k is outside that
   */
  public double[] foundWithin(int k) {
    if (k < 1 || k > gallerySize) {
      throw new IllegalArgumentException(
          "recall@%d asks for the %d nearest of a gallery of %d images; use k from 1 to %d."
              .formatted(k, k, gallerySize, gallerySize));
    }
    return each(score -> score.firstPositiveRank() <= k ? 1 : 0);
  }

  /**
   * recall@k: the share of scored probes with a positive among their k nearest.
   *
   * @param k 1 to the gallery's size
   * @throws IllegalArgumentException if k is outside that or no probe was scored
   */
  public double recallAt(int k) {
    requireScored();
    return Arrays.stream(foundWithin(k)).sum() / probes();
  }

  /**
   * All measures with their intervals.
   *
   * @throws IllegalArgumentException if no probe was scored
   */
  public RetrievalReport report(Bootstrap bootstrap) {
    requireScored();
    return new RetrievalReport(
        bootstrap.mean(foundWithin(1)),
        recall(5, bootstrap),
        recall(10, bootstrap),
        bootstrap.mean(each(Score::averagePrecision)),
        bootstrap.mean(each(Score::averagePrecisionAtR)),
        bootstrap.mean(each(Score::inversePenalty)),
        bootstrap.mean(Arrays.copyOf(foundWithin(1), probes() + excludedProbes)),
        new RetrievalReport.Distances(
            bootstrap.mean(each(Score::intra)),
            bootstrap.mean(
                Arrays.stream(each(Score::inter)).filter(value -> !Double.isNaN(value)).toArray())),
        probes(),
        excludedProbes);
  }

  private double[] each(ToDoubleFunction<Score> measure) {
    return scores.stream().mapToDouble(measure).toArray();
  }

  private Interval recall(int k, Bootstrap bootstrap) {
    return k > gallerySize ? null : bootstrap.mean(foundWithin(k));
  }

  private void requireScored() {
    if (probes() == 0) {
      throw new IllegalArgumentException(
          ("None of the %d probes has an image of its class in the gallery, so there is nothing "
                  + "to find; give at least two images of a class.")
              .formatted(excludedProbes));
    }
  }

  /** Takes rankings one by one. */
  static final class Collector {

    private final int[] galleryClasses;
    private final int gallerySize;
    private final List<Score> scores = new ArrayList<>();
    private int excluded;

    /**
     * @param galleryClasses the class of each gallery image
     * @param gallerySize how many images a probe is ranked against, its own left out
     */
    Collector(int[] galleryClasses, int gallerySize) {
      this.galleryClasses = galleryClasses;
      this.gallerySize = gallerySize;
    }

    /**
     * Scores one ranking.
     *
     * @param ranked {@code count} gallery indices, nearest first
     * @param squared squared distances by gallery index
     */
    void add(int probeClass, int[] ranked, int count, float[] squared) {
      int positives =
          (int)
              Arrays.stream(ranked, 0, count)
                  .filter(index -> galleryClasses[index] == probeClass)
                  .count();
      if (positives == 0) {
        excluded++;
        return;
      }
      // mAP@R (Musgrave et al. 2020): the precisions at the positives among the first R alone, over
      // R.
      int first = 0;
      int found = 0;
      double precision = 0;
      double sum = 0;
      double sumAtR = 0;
      double within = 0;
      double between = 0;
      for (int rank = 1; rank <= count; rank++) {
        int index = ranked[rank - 1];
        double distance = Math.sqrt(squared[index]);
        if (galleryClasses[index] != probeClass) {
          between += distance;
          continue;
        }
        within += distance;
        found++;
        first = found == 1 ? rank : first;
        precision = (double) found / rank;
        sum += precision;
        sumAtR += rank <= positives ? precision : 0;
      }
      // The last precision is that of the last positive, whose rank is the penalty's.
      scores.add(
          new Score(
              first,
              sum / positives,
              sumAtR / positives,
              precision,
              within / positives,
              between / (count - positives)));
    }

    ProbeScores finish() {
      return new ProbeScores(gallerySize, excluded, scores);
    }
  }
}
