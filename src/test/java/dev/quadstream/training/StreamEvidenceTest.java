package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamEvidenceTest {

  private static final int IMAGES = 32;

  private final SplittableRandom random = new SplittableRandom(3);

  @Test
  void whatIsHardlyFoundAnyMoreIsToldWithinFiveWindowsAndSoIsThatItIsFoundAgain() {
    StreamEvidence wrong = after(known(), 5, 0.05);
    assertThat(wrong.hasGoneWrong()).isTrue();
    assertThat(after(wrong, 60, 0.05).hasGoneWrong()).isTrue();
    assertThat(after(wrong, 5, 0.6).hasGoneWrong()).isFalse();
  }

  @Test
  void halfOfWhatWasFoundIsNothingWrongHoweverLongItLasts() {
    StreamEvidence evidence = known();
    for (int window = 0; window < 2_000; window++) {
      evidence = after(evidence, 1, 0.35);
      assertThat(evidence.hasGoneWrong()).as("window %d", window).isFalse();
    }
  }

  @Test
  void aSingleWindowOfAClassThatIsHardIsNothingWrong() {
    assertThat(after(known(), 1, 0).hasGoneWrong()).isFalse();
  }

  /** Otherwise nothing would ever be released again. */
  @Test
  void whatLastsIsHowTheStreamHasBecome() {
    int windows = (int) (StreamEvidence.LASTS / IMAGES) + 8;
    StreamEvidence later = after(after(known(), windows, 0.05), 40, 0.05);
    assertThat(later.hasGoneWrong()).isFalse();
  }

  @Test
  void aRunThatBeginsIsNotHeldToBeWrong() {
    StreamEvidence evidence = StreamEvidence.NONE;
    for (int window = 0; window < 40; window++) {
      evidence = after(evidence, 1, 0.02 * window);
      assertThat(evidence.hasGoneWrong()).as("window %d", window).isFalse();
    }
    assertThat(evidence.with(test(0, 0))).as("nothing could be found").isEqualTo(evidence);
  }

  private StreamEvidence known() {
    return after(StreamEvidence.NONE, 100, 0.7);
  }

  private StreamEvidence after(StreamEvidence before, int windows, double share) {
    StreamEvidence evidence = before;
    for (int window = 0; window < windows; window++) {
      int found = 0;
      for (int image = 0; image < IMAGES; image++) {
        found += random.nextDouble() < share ? 1 : 0;
      }
      evidence = evidence.with(test(IMAGES, found));
    }
    return evidence;
  }

  private static PairedTest test(int findable, int found) {
    return new PairedTest(8, 4, findable, new PairedCounts(found, 0, 0), PairedCounts.NONE);
  }
}
