package dev.quadstream.training;

/**
 * Evidence that what is trained now is not to be trusted. Either images or labels have gone wrong,
 * and not the models: neither the live model nor the candidate finds what was found before, and no
 * test among wrong labels could tell. Or training broke down, and began anew from parameters of
 * before: what it broke down of may still be there.
 *
 * <p>A cumulative sum of logarithms of likelihood ratios (Page, "Continuous inspection schemes",
 * 1954) of an eighth of the share that was found before against half of it. Images come in bursts
 * of one class, so that four of them count as one. What lasts is how the stream has become: after
 * {@link #LASTS} images it is not held to be wrong any more.
 *
 * @param findable images whose class was in the memory, as long as nothing was wrong; the older
 *     ones weigh less
 * @param found those of them that at least one of the two models found
 * @param sum of the logarithms, 0 and above
 * @param wrong images since the stream went wrong; 0 while it is not
 * @param brokenDown the version as of which training broke down last; 0 where it never has
 */
public record StreamEvidence(
    double findable, double found, double sum, long wrong, long brokenDown) {

  /** Of no image. */
  public static final StreamEvidence NONE = new StreamEvidence(0, 0, 0, 0, 0);

  /** Images until what seemed wrong is how the stream is. */
  static final long LASTS = 4_096;

  /**
   * Windows from a breakdown on in which nothing is trusted: about as many as a warm-up and
   * learning rates that rise take, in which the cause would show anew.
   */
  static final long RECOVERY = 128;

  private static final double MAX_REMEMBERED = 4_096;
  private static final double MIN_REMEMBERED = 512;
  private static final double IMAGES_THAT_COUNT_AS_ONE = 4;
  private static final double WRONG = Math.log(1_000);

  /** With a further test. */
  public StreamEvidence with(PairedTest test) {
    if (test.findable() == 0) {
      return this;
    }
    if (findable < MIN_REMEMBERED) {
      return remembering(test);
    }
    double share = Math.max(found, 1) / findable;
    double next = Math.min(2 * WRONG, Math.max(0, sum + logarithm(test, share / 8, share / 2)));
    if (next == 0) {
      return new StreamEvidence(findable, found, 0, 0, brokenDown).remembering(test);
    }
    long since = hasGoneWrong() || next >= WRONG ? wrong + test.findable() : 0;
    return since > LASTS
        ? NONE.brokenDown(brokenDown)
        : new StreamEvidence(findable, found, next, since, brokenDown);
  }

  private static double logarithm(PairedTest test, double low, double half) {
    long hits = test.all().tested();
    double of = hits * Math.log(low / half);
    double ofMissed = (test.findable() - hits) * Math.log((1 - low) / (1 - half));
    return (of + ofMissed) / IMAGES_THAT_COUNT_AS_ONE;
  }

  private StreamEvidence remembering(PairedTest test) {
    double weight = Math.min(1, MAX_REMEMBERED / (findable + test.findable()));
    return new StreamEvidence(
        weight * (findable + test.findable()),
        weight * (found + test.all().tested()),
        sum,
        wrong,
        brokenDown);
  }

  /** With training broken down in the windows that a version is of. */
  StreamEvidence brokenDown(long version) {
    return new StreamEvidence(findable, found, sum, wrong, version);
  }

  /** Whether training broke down in the windows of a version, or a short while before. */
  public boolean isRecovering(long version) {
    return brokenDown > 0 && version - brokenDown < RECOVERY;
  }

  /** Whether images or labels are not to be trusted now. */
  public boolean hasGoneWrong() {
    return wrong > 0;
  }
}
