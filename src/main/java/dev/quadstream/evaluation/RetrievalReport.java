package dev.quadstream.evaluation;

/**
 * How well images of the same class are found, each measure a mean over the scored probes with its
 * 95 % bootstrap interval.
 *
 * @param recallAt1 share of probes whose nearest image is of their class
 * @param recallAt5 share of probes with an image of their class among the 5 nearest, or null where
 *     the gallery has fewer
 * @param recallAt10 share of probes with an image of their class among the 10 nearest, likewise
 * @param mAP mean average precision over the whole ranking: per probe, the mean over its positives
 *     of the precision at each one's rank
 * @param mAPAtR mean average precision at R, R being the probe's number of positives: (1/R) Σ of
 *     the precision at rank i over those i ≤ R where a positive stands. Source: Musgrave, Belongie
 *     and Lim, "A Metric Learning Reality Check", ECCV 2020 (arXiv 2003.08505)
 * @param mINP mean inverse negative penalty: per probe, its number of positives over the rank of
 *     the last of them, the effort to find even the hardest. Source: Ye et al., "Deep Learning for
 *     Person Re-identification: A Survey and Outlook", TPAMI 2021 (arXiv 2001.04193), Eq. 3
 * @param nearestNeighbourAccuracy share of <em>all</em> probes classified rightly by their nearest
 *     image; an excluded probe can only be classified wrongly and counts so. The same as recall@1
 *     where none is excluded
 * @param distances mean Euclidean distances of a probe to the gallery's images
 * @param probes scored probes
 * @param excludedProbes probes left out of every measure but {@code nearestNeighbourAccuracy},
 *     because the gallery has no image of their class that they may see
 */
public record RetrievalReport(
    Interval recallAt1,
    Interval recallAt5,
    Interval recallAt10,
    Interval mAP,
    Interval mAPAtR,
    Interval mINP,
    Interval nearestNeighbourAccuracy,
    Distances distances,
    int probes,
    int excludedProbes) {

  /**
   * How far images are, 0 to 2 for unit vectors (Chen et al., CVPR 2017, Fig. 5).
   *
   * @param intra to those of the probe's class
   * @param inter to those of other classes
   */
  public record Distances(Interval intra, Interval inter) {}
}
