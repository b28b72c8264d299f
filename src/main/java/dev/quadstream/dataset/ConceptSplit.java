package dev.quadstream.dataset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Concepts divided by seed into those that are streamed and those that are held out, so that a
 * network is measured on classes that it never saw.
 *
 * @param streamed concepts for training, in the order in which they arrive
 * @param heldOut concepts for evaluation, sorted; none of them is streamed
 */
public record ConceptSplit(List<String> streamed, List<String> heldOut) {

  public ConceptSplit {
    streamed = List.copyOf(streamed);
    heldOut = List.copyOf(heldOut);
    if (!Collections.disjoint(streamed, heldOut)) {
      throw new IllegalArgumentException("A concept is both streamed and held out.");
    }
  }

  /**
   * Divides concepts in two halves; of an odd number the larger half is streamed. The order of the
   * concepts given does not matter.
   */
  public static ConceptSplit halves(Collection<String> concepts, long seed) {
    List<String> shuffled = new ArrayList<>(concepts);
    Collections.sort(shuffled);
    Collections.shuffle(shuffled, new Random(seed));
    int middle = (shuffled.size() + 1) / 2;
    List<String> heldOut = new ArrayList<>(shuffled.subList(middle, shuffled.size()));
    Collections.sort(heldOut);
    return new ConceptSplit(shuffled.subList(0, middle), heldOut);
  }
}
