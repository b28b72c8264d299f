package dev.quadstream.search;

import java.util.Comparator;

/**
 * An image that is near to another.
 *
 * @param id the image's id
 * @param label its class; null while nobody has said
 * @param squaredDistance of the two unit vectors, 0 to 4
 */
public record Neighbour(String id, String label, float squaredDistance) {

  /** The nearest first; of equally near ones the one whose id comes first. */
  static final Comparator<Neighbour> NEAREST_FIRST =
      Comparator.comparingDouble((Neighbour neighbour) -> neighbour.squaredDistance)
          .thenComparing(Neighbour::id);

  /** The cosine of the two vectors, from −1 to 1, where 1 is the same. */
  public float similarity() {
    return 1 - squaredDistance / 2;
  }
}
