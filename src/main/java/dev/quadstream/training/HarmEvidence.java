package dev.quadstream.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Evidence that candidates are worse than the live model, which may be looked at after each window:
 * bets on the images that the two models disagree on, each of which would be the live model's with
 * probability ½ at the most if no candidate were worse. A bet starts anew whenever it has lost its
 * stake, so that harm which begins late is found as soon. The mean of the bets is an e-detector
 * (Shin, Ramdas, Rinaldo, "E-detectors: a nonparametric framework for sequential change detection",
 * 2022): without harm, a value of 1,000 comes up once in 1,000 windows on average at the most, and
 * in practice far less often.
 *
 * @param bets logarithms of what each bet has come to, 0 and above
 */
public record HarmEvidence(List<Double> bets) {

  private static final List<Double> SHARES = List.of(0.6, 0.75, 0.9);

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

  /** With a further test. */
  public HarmEvidence with(PairedTest test) {
    List<Double> next = new ArrayList<>(bets.size());
    for (PairedCounts counts : List.of(test.all(), test.longKnown())) {
      for (double share : SHARES) {
        double won = counts.lost() * Math.log(2 * share);
        double lost = counts.gained() * Math.log(2 * (1 - share));
        next.add(Math.max(0, bets.get(next.size()) + won + lost));
      }
    }
    return new HarmEvidence(next);
  }

  /** What they have come to: 1 and above. */
  public double value() {
    return bets.stream().mapToDouble(Math::exp).sum() / bets.size();
  }
}
