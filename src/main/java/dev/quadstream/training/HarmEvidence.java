package dev.quadstream.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Evidence that candidates are worse than the live model by more than the margin, which may be
 * looked at after each window: {@link HarmBets} against a mean of −margin or more (Waudby-Smith,
 * Ramdas, "Estimating means of bounded random variables by betting", 2024). A bet starts anew
 * whenever it has lost its stake, so that harm which begins late is found as soon. The mean of the
 * bets is an e-detector (Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for
 * sequential change detection", 2022): without such harm, a value of 400 comes up once in 400
 * windows on average at the most; between equal models, which are a whole margin away from it, far
 * less often.
 *
 * @param bets logarithms of what each bet has come to, 0 and above
 */
public record HarmEvidence(List<Double> bets) {

  /** Over all images, and over those of classes that have long been known. */
  private static final int KINDS = 2;

  private static final double NOTHING = 2;

  /** Before the first window. */
  public static final HarmEvidence NONE =
      new HarmEvidence(Collections.nCopies(KINDS * HarmBets.SHARES.size(), 0.0));

  public HarmEvidence {
    if (bets.size() != KINDS * HarmBets.SHARES.size()) {
      throw new IllegalArgumentException(
          "There are %d bets, not %d.".formatted(KINDS * HarmBets.SHARES.size(), bets.size()));
    }
    bets = List.copyOf(bets);
  }

  /**
   * With a further test.
   *
   * @param margin by how much a candidate may be worse
   */
  public HarmEvidence with(PairedTest test, double margin) {
    List<Double> next = new ArrayList<>(bets.size());
    add(next, test.bets(), test.all().tested(), margin);
    add(next, test.longKnownBets(), test.longKnown().tested(), margin);
    return new HarmEvidence(next);
  }

  /** 1 + b · (−difference − margin) is (1 − s · difference) / (1 + s · margin) for b of that. */
  private void add(List<Double> next, HarmBets further, long tested, double margin) {
    for (int share = 0; share < HarmBets.SHARES.size(); share++) {
      double ofMargin = tested * Math.log1p(HarmBets.SHARES.get(share) * margin);
      double won = further.logarithms().get(share) - ofMargin;
      next.add(Math.max(0, bets.get(next.size()) + won));
    }
  }

  /** Whether they have come to no more than chance makes of them all the time. */
  boolean isNothing() {
    return value() < NOTHING;
  }

  /** What they have come to: 1 and above. */
  public double value() {
    return bets.stream().mapToDouble(Math::exp).sum() / bets.size();
  }
}
