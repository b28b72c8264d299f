package dev.quadstream.evaluation;

import java.util.Arrays;

/**
 * What each probe's ranking is worth, from which every retrieval measure is a mean.
 *
 * <p>A probe without a positive in the gallery (an image of its own class that it may see) has no
 * ranking to score: it is excluded, and counted.
 *
 * <p>Immutable, so safe for use by several threads.
 */
public final class ProbeScores {

  private final int gallerySize;
  private final int excludedProbes;
  private final int[] firstPositiveRanks;
  private final double[] averagePrecisions;
  private final double[] averagePrecisionsAtR;
  private final double[] inversePenalties;
  private final double[] intra;
  private final double[] inter;

  private ProbeScores(Collector collector) {
    int scored = collector.scored;
    this.gallerySize = collector.gallerySize;
    this.excludedProbes = collector.excluded;
    this.firstPositiveRanks = Arrays.copyOf(collector.firstPositiveRanks, scored);
    this.averagePrecisions = Arrays.copyOf(collector.averagePrecisions, scored);
    this.averagePrecisionsAtR = Arrays.copyOf(collector.averagePrecisionsAtR, scored);
    this.inversePenalties = Arrays.copyOf(collector.inversePenalties, scored);
    this.intra = Arrays.copyOf(collector.intra, scored);
    this.inter = Arrays.copyOf(collector.inter, collector.withNegative);
  }

  /** Probes that were scored. */
  public int probes() {
    return firstPositiveRanks.length;
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
    return Arrays.stream(firstPositiveRanks).mapToDouble(rank -> rank <= k ? 1 : 0).toArray();
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
        bootstrap.mean(averagePrecisions),
        bootstrap.mean(averagePrecisionsAtR),
        bootstrap.mean(inversePenalties),
        bootstrap.mean(Arrays.copyOf(foundWithin(1), probes() + excludedProbes)),
        new RetrievalReport.Distances(bootstrap.mean(intra), bootstrap.mean(inter)),
        probes(),
        excludedProbes);
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
    private final int[] firstPositiveRanks;
    private final double[] averagePrecisions;
    private final double[] averagePrecisionsAtR;
    private final double[] inversePenalties;
    private final double[] intra;
    private final double[] inter;
    private int scored;
    private int withNegative;
    private int excluded;

    /**
     * @param galleryClasses the class of each gallery image
     * @param gallerySize how many images a probe is ranked against, its own left out
     * @param probes at most how many rankings come
     */
    Collector(int[] galleryClasses, int gallerySize, int probes) {
      this.galleryClasses = galleryClasses;
      this.gallerySize = gallerySize;
      this.firstPositiveRanks = new int[probes];
      this.averagePrecisions = new double[probes];
      this.averagePrecisionsAtR = new double[probes];
      this.inversePenalties = new double[probes];
      this.intra = new double[probes];
      this.inter = new double[probes];
    }

    /**
     * Scores one ranking.
     *
     * @param ranked {@code count} gallery indices, nearest first
     * @param squared squared distances by gallery index
     */
    void add(int probeClass, int[] ranked, int count, float[] squared) {
      int positives = 0;
      for (int position = 0; position < count; position++) {
        if (galleryClasses[ranked[position]] == probeClass) {
          positives++;
        }
      }
      if (positives == 0) {
        excluded++;
        return;
      }
      addPrecisions(probeClass, ranked, count, positives);
      addDistances(probeClass, ranked, count, squared);
      scored++;
    }

    ProbeScores finish() {
      return new ProbeScores(this);
    }

    // mAP@R (Musgrave et al. 2020): the precisions at the positives among the first R alone, over
    // R.
    private void addPrecisions(int probeClass, int[] ranked, int count, int positives) {
      int found = 0;
      double sum = 0;
      double sumAtR = 0;
      for (int rank = 1; rank <= count; rank++) {
        if (galleryClasses[ranked[rank - 1]] != probeClass) {
          continue;
        }
        found++;
        if (found == 1) {
          firstPositiveRanks[scored] = rank;
        }
        double precision = (double) found / rank;
        if (found == positives) {
          inversePenalties[scored] = precision;
        }
        sum += precision;
        if (rank <= positives) {
          sumAtR += precision;
        }
      }
      averagePrecisions[scored] = sum / positives;
      averagePrecisionsAtR[scored] = sumAtR / positives;
    }

    private void addDistances(int probeClass, int[] ranked, int count, float[] squared) {
      double within = 0;
      double between = 0;
      int positives = 0;
      for (int position = 0; position < count; position++) {
        int index = ranked[position];
        if (galleryClasses[index] == probeClass) {
          positives++;
          within += Math.sqrt(squared[index]);
        } else {
          between += Math.sqrt(squared[index]);
        }
      }
      intra[scored] = within / positives;
      if (positives < count) {
        inter[withNegative++] = between / (count - positives);
      }
    }
  }
}
