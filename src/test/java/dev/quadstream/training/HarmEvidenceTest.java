package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HarmEvidenceTest {

  private final SplittableRandom random = new SplittableRandom(7);

  /** So that nothing is won or lost on average by a candidate that is worse by just the margin. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.2, 1})
  void aBetIsFairWhereTheCandidateIsWorseByTheMargin(double margin) {
    double gained = 0.1 * (1 - margin);
    double lost = gained + margin;
    for (double share : HarmBets.SHARES) {
      double mean =
          gained * (1 - share) / (1 + share * margin)
              + lost * (1 + share) / (1 + share * margin)
              + (1 - gained - lost) / (1 + share * margin);
      int place = HarmBets.SHARES.indexOf(share);
      assertThat(mean).as("the stake after one image").isCloseTo(1, within(1e-9));
      assertThat(HarmEvidence.NONE.with(test(1, HarmBets.on(-1)), margin).bets().get(place))
          .as("the logarithm of what is won where a class is lost")
          .isCloseTo(Math.max(0, Math.log((1 + share) / (1 + share * margin))), within(1e-9));
    }
  }

  @Test
  void whereOnlyTheNearestIsKnownAClassIsFoundWholeOrNotAtAll() {
    HarmBets bets = HarmBets.NONE;
    for (int image = 0; image < 12; image++) {
      bets = bets.plus(HarmBets.on(image < 5 ? -1 : image < 8 ? 1 : 0));
    }
    HarmBets ofCounts = HarmBets.on(new PairedCounts(12, 3, 5));
    for (int share = 0; share < HarmBets.SHARES.size(); share++) {
      assertThat(ofCounts.logarithms().get(share))
          .isCloseTo(bets.logarithms().get(share), within(1e-9));
    }
  }

  @Test
  void betweenEqualModelsTheEvidenceStaysLowAndASmallLossOnManyImagesIsFound() {
    for (int run = 0; run < 100; run++) {
      assertThat(windowsUntilHarm(400, 3, 6)).as("run %d", run).isEqualTo(400);
      assertThat(windowsUntilHarm(400, 2, 6)).as("run %d", run).isLessThan(20);
    }
  }

  /** Of 24 images each, of which the live model finds four of five. */
  private int windowsUntilHarm(int most, int from, int to) {
    HarmEvidence evidence = HarmEvidence.NONE;
    for (int window = 0; window < most; window++) {
      HarmBets bets = HarmBets.NONE;
      for (int image = 0; image < 24; image++) {
        bets = bets.plus(HarmBets.on((random.nextInt(from, to) - 4) / 5.0));
      }
      evidence = evidence.with(test(24, bets), 0.01);
      if (evidence.value() >= 400) {
        return window;
      }
    }
    return most;
  }

  private static PairedTest test(long images, HarmBets bets) {
    PairedCounts tested = new PairedCounts(images, 0, 0);
    return new PairedTest(8, 4, images, tested, PairedCounts.NONE, bets, HarmBets.NONE);
  }
}
