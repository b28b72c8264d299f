package dev.quadstream.dataset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Concepts divided by seed: one half is streamed, one quarter is for choosing recipes and one for
 * the figures that are published, so that a network is measured on classes that it never saw and
 * that nobody chose it by.
 *
 * @param streamed concepts for training, in the order in which they arrive
 * @param validation concepts to choose options by, sorted; none of them is streamed
 * @param test concepts to measure with once all is chosen, sorted; none of them is streamed
 */
public record ConceptSplit(List<String> streamed, List<String> validation, List<String> test) {

  public ConceptSplit {
    streamed = List.copyOf(streamed);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    List<String> all = joined(streamed, joined(validation, test));
    if (new HashSet<>(all).size() < all.size()) {
      throw new IllegalArgumentException("A concept is in two parts of a split.");
    }
  }

  /**
   * Divides concepts into one half and two quarters; where they do not come out even, the streamed
   * half and then the validation quarter is the larger one. The order of the concepts given does
   * not matter.
   */
  public static ConceptSplit of(Collection<String> concepts, long seed) {
    List<String> shuffled = new ArrayList<>(concepts);
    Collections.sort(shuffled);
    Collections.shuffle(shuffled, new Random(seed));
    int streamed = (shuffled.size() + 1) / 2;
    int validation = (shuffled.size() - streamed + 1) / 2;
    return new ConceptSplit(
        shuffled.subList(0, streamed),
        sorted(shuffled.subList(streamed, streamed + validation)),
        sorted(shuffled.subList(streamed + validation, shuffled.size())));
  }

  /** The same of some concepts alone. */
  public ConceptSplit within(Set<String> concepts) {
    return new ConceptSplit(
        streamed.stream().filter(concepts::contains).toList(),
        validation.stream().filter(concepts::contains).toList(),
        test.stream().filter(concepts::contains).toList());
  }

  /** The concepts of a part, sorted. */
  public List<String> heldOut(HeldOutPart part) {
    return switch (part) {
      case VALIDATION -> validation;
      case TEST -> test;
      case BOTH -> sorted(joined(validation, test));
    };
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }

  private static List<String> sorted(List<String> concepts) {
    return concepts.stream().sorted().toList();
  }
}
