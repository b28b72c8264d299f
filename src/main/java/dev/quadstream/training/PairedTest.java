package dev.quadstream.training;

import java.util.ArrayList;
import java.util.List;

/**
 * What testing images under two models before training has shown.
 *
 * @param candidate the version that mines
 * @param live the released version
 * @param all over all images
 * @param longKnown over images of the older half of the classes in the memory
 */
public record PairedTest(long candidate, long live, PairedCounts all, PairedCounts longKnown) {

  /** With a further test; those of the same two models become one. */
  static List<PairedTest> with(List<PairedTest> tests, PairedTest further) {
    List<PairedTest> more = new ArrayList<>(tests);
    int last = more.size() - 1;
    if (last < 0 || !more.get(last).isOfTheSame(further)) {
      more.add(further);
      return more;
    }
    PairedTest before = more.get(last);
    more.set(
        last,
        new PairedTest(
            before.candidate,
            before.live,
            before.all.plus(further.all),
            before.longKnown.plus(further.longKnown)));
    return more;
  }

  private boolean isOfTheSame(PairedTest other) {
    return candidate == other.candidate && live == other.live;
  }
}
