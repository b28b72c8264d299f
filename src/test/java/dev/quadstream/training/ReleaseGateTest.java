package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.training.ReleaseState.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On simulated counts of {@link TestingReleaseRun}. */
class ReleaseGateTest {

  private static final ReleaseOptions DEFAULT = new ReleaseOptions(ReleasePolicy.GATE, 0.01, 0.01);
  private static final ReleaseOptions NO_GAIN = new ReleaseOptions(ReleasePolicy.GATE, 0.01, 0);

  @Test
  void theFirstPublishedVersionIsLiveAtOnceWhateverThePolicy() {
    for (ReleasePolicy policy : ReleasePolicy.values()) {
      ReleaseState state =
          new ReleaseGate(new ReleaseOptions(policy, 0.01, 0.01)).asOf(null, 32, List.of(), false);
      assertThat(state.live()).isEqualTo(32);
      assertThat(state.verdict()).isEqualTo(Verdict.FIRST);
    }
  }

  @Test
  void withThePolicyEveryEachVersionIsLiveAndWithManualNone() {
    TestingReleaseRun every =
        new TestingReleaseRun(new ReleaseOptions(ReleasePolicy.EVERY, 0.01, 0.01), 1, 4, v -> 0);
    assertThat(every.until(40).states()).extracting(ReleaseState::live).endsWith(36L, 40L);
    assertThat(every.state().previous()).isEqualTo(36);

    TestingReleaseRun manual =
        new TestingReleaseRun(
            new ReleaseOptions(ReleasePolicy.MANUAL, 0.01, 0.01), 1, 4, v -> 0.1 * v);
    assertThat(manual.until(400).states()).extracting(ReleaseState::live).containsOnly(4L);
  }

  @Test
  void aBetterCandidateIsLiveSoonAndTheOneBeforeIsKnown() {
    TestingReleaseRun run =
        new TestingReleaseRun(DEFAULT, 3, 4, version -> version >= 40 ? 0.05 : 0).until(120);
    assertThat(run.state().live()).isGreaterThanOrEqualTo(40);
    assertThat(run.state().previous()).isNotNull();
  }

  /** Ten runs in which no version is better or worse than any other. */
  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.1})
  void equalCandidatesAreReleasedWhereNoGainIsAskedForAndHardlyEverQuarantined(double discordant) {
    long released = 0;
    long over = 0;
    long quarantined = 0;
    long candidates = 0;
    for (int seed = 0; seed < 10; seed++) {
      TestingReleaseRun run =
          new TestingReleaseRun(NO_GAIN, seed, 32, version -> 0, discordant).until(32 * 400);
      released += run.count(Verdict.RELEASED);
      over +=
          run.states().stream()
              .filter(one -> one.verdict() == Verdict.WAITING && one.trial() == null)
              .count();
      quarantined += run.count(Verdict.QUARANTINED);
      candidates += run.states().size();
    }
    assertThat((double) quarantined / candidates).isLessThanOrEqualTo(0.01);
    assertThat((double) released / (released + over + quarantined)).isGreaterThanOrEqualTo(0.95);
  }

  /** Three hundred runs in which something goes wrong from a version on. */
  @Test
  void aSuddenLossIsQuarantinedWithinTwentyWindowsInNearlyAllRunsAndNeverLive() {
    int late = 0;
    for (int seed = 0; seed < 300; seed++) {
      TestingReleaseRun run =
          new TestingReleaseRun(NO_GAIN, seed, 1, version -> version > 400 ? -0.1 : 0).until(421);
      late += run.state().quarantined().stream().anyMatch(version -> version > 400) ? 0 : 1;
      run.until(500);
      assertThat(run.state().quarantined()).as("seed %d", seed).anyMatch(version -> version > 400);
      assertThat(run.states()).as("seed %d", seed).allMatch(state -> state.live() <= 400);
    }
    assertThat(late).isLessThanOrEqualTo(6);
  }

  /** Each loss for itself is within the margin. */
  @ParameterizedTest
  @CsvSource({"0.01,256,0.02", "0,256,0.02", "0,64,0.02", "0,256,0.1"})
  void aSlowErosionIsStopped(double gain, int every, double discordant) {
    assertThat(TestingReleaseRun.eroded(gain, every, discordant, 30)).isZero();
  }

  @Test
  void whatIsTrainedOnWhileHardlyAnyImageIsFoundIsQuarantinedUntested() {
    ReleaseGate gate = new ReleaseGate(DEFAULT);
    PairedTest well = new PairedTest(64, 32, 320, new PairedCounts(240, 20, 20), PairedCounts.NONE);
    PairedTest wrong = new PairedTest(64, 32, 320, new PairedCounts(16, 2, 2), PairedCounts.NONE);
    ReleaseState state = gate.asOf(ReleaseState.first(32), 64, List.of(well, well, well), false);

    ReleaseState spoilt = gate.asOf(state, 96, List.of(well, wrong), false);
    ReleaseState recovers = gate.asOf(spoilt, 128, List.of(wrong, well), false);
    ReleaseState recovered = gate.asOf(recovers, 160, List.of(well), false);

    assertThat(state.quarantined()).isEmpty();
    assertThat(spoilt.quarantined()).containsExactly(96L);
    assertThat(spoilt.hasQuarantinedSince(state)).isTrue();
    assertThat(recovered.quarantined()).containsExactly(96L, 128L);
    assertThat(recovered.live()).isEqualTo(32);
  }

  /** What was on trial before is not of those windows. */
  @Test
  void whatIsTrainedWhereTrainingBrokeDownAndAWhileAfterIsQuarantinedUntested() {
    ReleaseGate gate = new ReleaseGate(DEFAULT);
    PairedTest well = new PairedTest(320, 32, 128, new PairedCounts(100, 9, 0), PairedCounts.NONE);
    ReleaseState before = gate.asOf(ReleaseState.first(32), 352, List.of(well), false);

    ReleaseState broken = gate.asOf(before, 384, List.of(), true);
    ReleaseState recovers =
        gate.asOf(gate.asOf(broken, 416, List.of(), false), 508, List.of(), false);
    ReleaseState later = gate.asOf(recovers, 512, List.of(well), false);

    assertThat(before.quarantined()).isEmpty();
    assertThat(broken.hasQuarantinedSince(before)).isTrue();
    assertThat(broken.trial().candidate()).isEqualTo(320);
    assertThat(later.quarantined()).containsExactly(384L, 416L, 508L);
    assertThat(later.trial().all().tested()).isEqualTo(200);
    assertThat(gate.asOf(later, 516, List.of(well), false).live()).isEqualTo(320);
  }

  @Test
  void aLossOnClassesThatHaveLongBeenKnownStopsARelease() {
    ReleaseGate gate = new ReleaseGate(NO_GAIN);
    PairedTest forgets =
        new PairedTest(
            64, 32, 4_000, new PairedCounts(4_000, 90, 60), new PairedCounts(600, 10, 30));
    PairedTest keeps =
        new PairedTest(
            64, 32, 4_000, new PairedCounts(4_000, 90, 60), new PairedCounts(600, 15, 14));
    ReleaseState first = ReleaseState.first(32);

    assertThat(gate.asOf(first, 96, List.of(keeps), false).live()).isEqualTo(64);
    assertThat(gate.asOf(first, 96, List.of(forgets), false).live()).isEqualTo(32);
  }

  @Test
  void aGainIsAskedForUntilTheRunHasDoubled() {
    ReleaseGate gate = new ReleaseGate(DEFAULT);
    PairedCounts equal = new PairedCounts(4_000, 20, 20);
    PairedTest young = new PairedTest(63, 32, 4_000, equal, new PairedCounts(2_000, 10, 10));
    PairedTest doubled = new PairedTest(64, 32, 4_000, equal, new PairedCounts(2_000, 10, 10));

    assertThat(gate.asOf(ReleaseState.first(32), 96, List.of(young), false).live()).isEqualTo(32);
    assertThat(gate.asOf(ReleaseState.first(32), 96, List.of(doubled), false).live()).isEqualTo(64);
  }

  @Test
  void testsAgainstAVersionThatIsNotLiveAnyMoreDoNotCount() {
    PairedTest late =
        new PairedTest(64, 16, 9_000, new PairedCounts(9_000, 0, 900), PairedCounts.NONE);
    ReleaseState state =
        new ReleaseGate(DEFAULT).asOf(ReleaseState.first(32), 96, List.of(late), false);
    assertThat(state.live()).isEqualTo(32);
    assertThat(state.trial()).isNull();
    assertThat(state.harm()).isEqualTo(HarmEvidence.NONE);
  }

  /** A class with several images in the memory loses the second and third before the first. */
  @Test
  void whatLosesOfAClassAmongTheNearestIsQuarantinedThoughTheFirstIsStillFound() {
    PairedCounts equal = new PairedCounts(100, 5, 5);
    PairedTest first = new PairedTest(64, 32, 120, equal, PairedCounts.NONE);
    PairedTest loses =
        new PairedTest(64, 32, 120, equal, PairedCounts.NONE, lossOfAFifth(70), HarmBets.NONE);
    ReleaseGate gate = new ReleaseGate(DEFAULT);
    ReleaseState state = ReleaseState.first(32);

    assertThat(gate.asOf(state, 96, List.of(first, first, first), false).quarantined()).isEmpty();
    assertThat(gate.asOf(state, 96, List.of(loses, loses, loses), false).quarantined())
        .containsExactly(64L);
  }

  @Test
  void whatWasOnTrialBeforeTheHarmBeganIsNotQuarantinedWithWhatDoesIt() {
    ReleaseGate gate = new ReleaseGate(DEFAULT);
    PairedTest fine = new PairedTest(64, 32, 120, new PairedCounts(60, 2, 2), kept());
    PairedTest loses = new PairedTest(96, 32, 120, new PairedCounts(60, 0, 6), kept());
    PairedTest worse = new PairedTest(128, 32, 120, new PairedCounts(60, 0, 12), kept());
    ReleaseState first = ReleaseState.first(32);

    ReleaseState fell = gate.asOf(first, 160, List.of(fine, fine, loses, worse), false);

    assertThat(fell.quarantined()).containsExactly(96L, 128L);
    assertThat(gate.asOf(first, 160, List.of(loses, worse, worse), false).quarantined())
        .containsExactly(96L, 128L);
  }

  private static HarmBets lossOfAFifth(int images) {
    HarmBets bets = HarmBets.NONE;
    for (int image = 0; image < images; image++) {
      bets = bets.plus(HarmBets.on(-0.2));
    }
    return bets;
  }

  /** Otherwise what goes wrong beside a release would be tested anew from the beginning. */
  @Test
  void harmGoesOnBeingCountedWhereAReleaseComesBetween() {
    ReleaseGate gate = new ReleaseGate(NO_GAIN);
    PairedTest good = new PairedTest(64, 32, 4_000, new PairedCounts(4_000, 90, 60), kept());
    PairedTest older = new PairedTest(48, 32, 200, new PairedCounts(200, 0, 40), kept());
    PairedTest bad = new PairedTest(96, 32, 200, new PairedCounts(200, 0, 40), kept());

    ReleaseState released = gate.asOf(ReleaseState.first(32), 96, List.of(good), false);
    ReleaseState before = gate.asOf(released, 128, List.of(older), false);
    ReleaseState after = gate.asOf(released, 128, List.of(bad), false);

    assertThat(released.live()).isEqualTo(64);
    assertThat(before.harm()).isEqualTo(HarmEvidence.NONE);
    assertThat(before.quarantined()).isEmpty();
    assertThat(after.live()).isEqualTo(64);
    assertThat(after.quarantined()).containsExactly(96L);
    assertThat(after.trial()).isNull();
  }

  private static PairedCounts kept() {
    return new PairedCounts(100, 2, 2);
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new ReleaseOptions(ReleasePolicy.GATE, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ReleaseOptions(ReleasePolicy.GATE, 0.01, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
