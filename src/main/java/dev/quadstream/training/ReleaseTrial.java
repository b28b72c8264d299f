package dev.quadstream.training;

/**
 * A candidate on trial. It is judged by images that came after it, some of them tested under later
 * versions, so that a version which has just gone wrong has no good past to live on.
 *
 * @param candidate the version that may be released
 * @param newest the newest version that images were tested under
 * @param suspect the version that was tested when what evidence of harm there is began
 * @param all what was tested
 * @param longKnown those of them of classes that have long been known
 * @param nextLook how many tested images the next look waits for
 */
public record ReleaseTrial(
    long candidate,
    long newest,
    long suspect,
    PairedCounts all,
    PairedCounts longKnown,
    long nextLook) {

  private static final long FIRST_LOOK = 256;

  /** After so many images without a release a newer version has its turn. */
  private static final long LAST_LOOK = 65_536;

  /** One-sided 95 %. */
  private static final double Z = 1.6449;

  /** One-sided 99 %: each look is a chance to be wrong. */
  private static final double Z_FORGOTTEN = 2.3263;

  public ReleaseTrial {
    // What an earlier release wrote names none.
    suspect = suspect == 0 ? candidate : suspect;
  }

  static ReleaseTrial of(PairedTest first) {
    return new ReleaseTrial(
        first.candidate(),
        first.candidate(),
        first.candidate(),
        first.all(),
        first.longKnown(),
        FIRST_LOOK);
  }

  /**
   * With a further test.
   *
   * @param harm the evidence before it
   */
  ReleaseTrial with(PairedTest test, HarmEvidence harm) {
    return new ReleaseTrial(
        candidate,
        test.candidate(),
        harm.isNothing() ? test.candidate() : suspect,
        all.plus(test.all()),
        longKnown.plus(test.longKnown()),
        nextLook);
  }

  boolean isDue() {
    return all.tested() >= nextLook;
  }

  boolean isOver() {
    return all.tested() >= LAST_LOOK;
  }

  ReleaseTrial afterLook() {
    return new ReleaseTrial(candidate, newest, suspect, all, longKnown, 2 * all.tested());
  }

  /** A lower bound of how much better it is. */
  double leastDifference() {
    return all.bound(-Z);
  }

  /** Proven better. */
  boolean isBetter() {
    return leastDifference() > 0;
  }

  /** Not worse by the margin, and not proven worse on classes that have long been known. */
  boolean isNotWorse(double margin) {
    return leastDifference() > -margin && longKnown.bound(Z_FORGOTTEN) >= 0;
  }
}
