package dev.quadstream.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Evidence that candidates are worse than the live model by more than the margin, which may be
 * looked at after each window: bets against a mean of −margin or more, where an image counts −1
 * that the live model alone gets right, and 1 that the candidate alone does (Waudby-Smith, Ramdas,
 * "Estimating means of bounded random variables by betting", 2024). A bet starts anew whenever it
 * has lost its stake, so that harm which begins late is found as soon. The mean of the bets is an
 * e-detector (Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for sequential change
 * detection", 2022): without such harm, a value of 400 comes up once in 400 windows on average at
 * the most; between equal models, which are a whole margin away from it, far less often.
 *
 * @param bets logarithms of what each bet has come to, 0 and above
 */
public record HarmEvidence(List<Double> bets) {

  /** Of the stake, on each image: small ones for models that disagree on many. */
  private static final List<Double> SHARES = List.of(0.2, 0.4, 0.7);

  private static final double MOST_MARGIN = 0.4;

  /** Over all images, and over those of classes that have long been known. */
  private static final int KINDS = 2;

  /** Before the first window. */
  public static final HarmEvidence NONE =
      new HarmEvidence(Collections.nCopies(KINDS * SHARES.size(), 0.0));

  public HarmEvidence {
    if (bets.size() != KINDS * SHARES.size()) {
      throw new IllegalArgumentException(
          "There are %d bets, not %d.".formatted(KINDS * SHARES.size(), bets.size()));
    }
    bets = List.copyOf(bets);
  }

  /**
   * With a further test.
   *
   * @param margin by how much a candidate may be worse, in recall@1; more than 0.4 counts as that,
   *     since a bet may not lose more than its stake
   */
  public HarmEvidence with(PairedTest test, double margin) {
    List<Double> next = new ArrayList<>(bets.size());
    double worse = Math.min(margin, MOST_MARGIN);
    for (PairedCounts counts : List.of(test.all(), test.longKnown())) {
      for (double share : SHARES) {
        double lost = counts.lost() * Math.log1p(share * (1 - worse));
        double gained = counts.gained() * Math.log1p(-share * (1 + worse));
        double same =
            (counts.tested() - counts.lost() - counts.gained()) * Math.log1p(-share * worse);
        next.add(Math.max(0, bets.get(next.size()) + lost + gained + same));
      }
    }
    return new HarmEvidence(next);
  }

  /** What they have come to: 1 and above. */
  public double value() {
    return bets.stream().mapToDouble(Math::exp).sum() / bets.size();
  }
}
