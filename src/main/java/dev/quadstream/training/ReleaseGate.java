package dev.quadstream.training;

import dev.quadstream.training.ReleaseState.Verdict;
import java.util.List;

/**
 * Decides which published version is live: a function of the counts of paired tests alone, so that
 * a run which is restored decides the same.
 *
 * <p>A version is released where it is not worse than the live one by the margin (one-sided 95 %)
 * and not proven worse on classes that have long been known, and either proven better, and by the
 * gain, or twice as old as the live one; and where that does not leave it behind the best release
 * so far by more than the margin, since small losses add up. For the same reason one that is no
 * better is released where the difference is known well: chance would pass a small loss that few
 * images show, and hide it from the sum. It is looked at after 256, 512 … 65,536 images, so that
 * looking often does not pass what is worse. Candidates are quarantined on evidence of harm of 400,
 * and unseen where images or labels have gone wrong in the windows that they were trained on, or
 * training has broken down in them or not long before.
 */
public final class ReleaseGate {

  private static final double HARMFUL = 400;

  /** So many standard errors of the difference have room in the margin where it is known well. */
  private static final double ERRORS_IN_MARGIN = 5;

  private final ReleaseOptions options;

  public ReleaseGate(ReleaseOptions options) {
    this.options = options;
  }

  /**
   * What is live as of a version.
   *
   * @param state as of the version before it, or null before the first
   * @param version that is being published
   * @param tests of the windows since the version before it, in order
   * @param brokeDown whether training broke down in those windows
   */
  public ReleaseState asOf(
      ReleaseState state, long version, List<PairedTest> tests, boolean brokeDown) {
    if (state == null) {
      return ReleaseState.first(version);
    }
    if (options.policy() == ReleasePolicy.EVERY) {
      return state.held() ? state : state.release(version, Verdict.RELEASED, 0);
    }
    ReleaseState next = brokeDown ? state.on(state.stream().brokenDown(version)) : state;
    boolean trusted = !state.stream().hasGoneWrong() && !next.stream().isRecovering(version);
    for (PairedTest test : tests) {
      next = next.on(next.stream().with(test));
      trusted &= !next.stream().hasGoneWrong();
      if (test.isOfTwo() && !next.quarantined().contains(test.candidate())) {
        next = after(next, test);
      }
    }
    return trusted ? next : next.quarantine(List.of(version)).withVerdict(Verdict.QUARANTINED);
  }

  private ReleaseState after(ReleaseState state, PairedTest test) {
    boolean isOfLive = test.live() == state.live();
    if (!isOfLive && !isOfPrevious(state, test)) {
      return state;
    }
    HarmEvidence harm = state.harm().with(test, options.margin());
    ReleaseTrial trial =
        state.trial() == null ? ReleaseTrial.of(test) : state.trial().with(test, state.harm());
    if (harm.value() >= HARMFUL) {
      return state
          .on(null, HarmEvidence.NONE)
          .quarantine(List.of(trial.suspect(), trial.newest()).stream().distinct().toList())
          .withVerdict(Verdict.QUARANTINED);
    }
    if (!isOfLive) {
      return state.on(state.trial(), harm);
    }
    if (!trial.isDue()) {
      return state.on(trial, harm).withVerdict(Verdict.WAITING);
    }
    if (isFit(state, trial)) {
      double behind = Math.max(0, state.behind() - credit(trial));
      return state.release(trial.candidate(), Verdict.RELEASED, behind).on(null, harm);
    }
    return state.on(trial.isOver() ? null : trial.afterLook(), harm).withVerdict(Verdict.WAITING);
  }

  /**
   * Until a release has come into force, newer versions are tested against the one before it, which
   * it is not worse than: harm to that is harm.
   */
  private static boolean isOfPrevious(ReleaseState state, PairedTest test) {
    return state.previous() != null
        && test.live() == state.previous()
        && test.candidate() > state.live();
  }

  private boolean isFit(ReleaseState state, ReleaseTrial trial) {
    return !state.held()
        && options.policy() == ReleasePolicy.GATE
        && isWorthIt(state, trial)
        && trial.isNotWorse(options.margin())
        && state.behind() - credit(trial) <= options.margin();
  }

  /** By how much a candidate is taken to be better: few images show it by chance, too. */
  private double credit(ReleaseTrial trial) {
    return isKnownWell(trial) ? trial.all().difference() : trial.leastDifference();
  }

  private boolean isKnownWell(ReleaseTrial trial) {
    return trial.all().standardError() * ERRORS_IN_MARGIN <= options.margin();
  }

  private boolean isWorthIt(ReleaseState state, ReleaseTrial trial) {
    if (options.gain() > 0 && trial.isBetter() && trial.all().difference() >= options.gain()) {
      return true;
    }
    boolean mayBeEqual = options.gain() == 0 || trial.candidate() >= 2 * state.live();
    return mayBeEqual && (trial.isBetter() || isKnownWell(trial));
  }
}
