package dev.quadstream.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What bets on a candidate's being worse than the live model come to over images: for each share of
 * the stake the sum of log(1 − share · difference), where the difference is by how much more of the
 * image's class the candidate finds among the nearest, −1 to 1.
 *
 * @param logarithms one for each of {@link #SHARES}
 */
public record HarmBets(List<Double> logarithms) {

  /** Of the stake, on each image: small ones for models that disagree on many. */
  static final List<Double> SHARES = List.of(0.25, 0.5, 0.9);

  /** On no image. */
  public static final HarmBets NONE = new HarmBets(Collections.nCopies(SHARES.size(), 0.0));

  public HarmBets {
    if (logarithms.size() != SHARES.size()) {
      throw new IllegalArgumentException(
          "There are %d bets, not %d.".formatted(SHARES.size(), logarithms.size()));
    }
    logarithms = List.copyOf(logarithms);
  }

  static HarmBets on(double difference) {
    return new HarmBets(SHARES.stream().map(share -> Math.log1p(-share * difference)).toList());
  }

  /** Where nothing but the nearest is known: a class is found whole or not at all. */
  static HarmBets on(PairedCounts counts) {
    return new HarmBets(
        SHARES.stream()
            .map(share -> counts.gained() * Math.log1p(-share) + counts.lost() * Math.log1p(share))
            .toList());
  }

  HarmBets plus(HarmBets other) {
    List<Double> sums = new ArrayList<>(SHARES.size());
    for (int share = 0; share < SHARES.size(); share++) {
      sums.add(logarithms.get(share) + other.logarithms.get(share));
    }
    return new HarmBets(sums);
  }
}
