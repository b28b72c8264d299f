package dev.quadstream.training;

import java.util.ArrayList;
import java.util.List;

/**
 * What testing images under two models before training has shown.
 *
 * @param candidate the version that mines
 * @param live the released version
 * @param findable images of whose class another one was in the memory; 0 in what an earlier release
 *     wrote
 * @param all over all images
 * @param longKnown over images of the older half of the classes in the memory
 * @param bets on all images that are counted as tested
 * @param longKnownBets on those of them of the older half of the classes
 */
public record PairedTest(
    long candidate,
    long live,
    long findable,
    PairedCounts all,
    PairedCounts longKnown,
    HarmBets bets,
    HarmBets longKnownBets) {

  /** A further test is one of its own from here on, so that what begins within a round shows. */
  private static final long MAX_FINDABLE = 128;

  /** Where nothing but the nearest was looked at, as by an earlier release. */
  public PairedTest(
      long candidate, long live, long findable, PairedCounts all, PairedCounts longKnown) {
    this(candidate, live, findable, all, longKnown, HarmBets.on(all), HarmBets.on(longKnown));
  }

  /** Of a model that is live and mines: it is compared with none. */
  static PairedTest ofOne(long version, Prequential prequential) {
    return new PairedTest(
        version,
        version,
        prequential.tested(),
        new PairedCounts(prequential.correct(), 0, 0),
        PairedCounts.NONE);
  }

  /** With a further test; small ones of the same two models become one. */
  static List<PairedTest> with(List<PairedTest> tests, PairedTest further) {
    List<PairedTest> more = new ArrayList<>(tests);
    int last = more.size() - 1;
    if (last < 0 || !more.get(last).takes(further)) {
      more.add(further);
      return more;
    }
    PairedTest before = more.get(last);
    more.set(
        last,
        new PairedTest(
            before.candidate,
            before.live,
            before.findable + further.findable,
            before.all.plus(further.all),
            before.longKnown.plus(further.longKnown),
            before.bets.plus(further.bets),
            before.longKnownBets.plus(further.longKnownBets)));
    return more;
  }

  private boolean takes(PairedTest other) {
    return candidate == other.candidate && live == other.live && findable < MAX_FINDABLE;
  }

  /** Whether two models are compared, and not one with itself. */
  boolean isOfTwo() {
    return candidate != live;
  }
}
