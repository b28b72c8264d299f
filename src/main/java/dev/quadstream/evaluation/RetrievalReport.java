package dev.quadstream.evaluation;

/**
 * How well images of the same class are found, each measure a mean over the scored probes with its
 * 95 % bootstrap interval.
 *
 * @param recallAt1 share of probes whose nearest image is of their class
 * @param recallAt5 share of probes with an image of their class among the 5 nearest
 * @param recallAt10 share of probes with an image of their class among the 10 nearest
 * @param mAP mean average precision over the whole ranking: per probe, the mean over its positives
 *     of the precision at each one's rank
 * @param mAPAtR mean average precision at R, R being the probe's number of positives: (1/R) Σ of
 *     the precision at rank i over those i ≤ R where a positive stands. Source: Musgrave, Belongie
 *     and Lim, "A Metric Learning Reality Check", ECCV 2020 (arXiv 2003.08505)
 * @param nearestNeighbourAccuracy share of <em>all</em> probes classified rightly by their nearest
 *     image; an excluded probe can only be classified wrongly and counts so. The same as recall@1
 *     where none is excluded
 * @param intra mean Euclidean distance of a probe to the gallery's images of its class (Chen et
 *     al., CVPR 2017, Fig. 5), 0 to 2 for unit vectors
 * @param inter mean Euclidean distance of a probe to the images of other classes, in the same unit
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
    Interval nearestNeighbourAccuracy,
    Interval intra,
    Interval inter,
    int probes,
    int excludedProbes) {}
