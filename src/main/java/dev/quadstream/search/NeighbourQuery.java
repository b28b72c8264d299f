package dev.quadstream.search;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * What is looked for in an index.
 *
 * @param vector whose neighbours are wanted; finite, of the index's length
 * @param count how many at most, 1 or more
 * @param labels which labels they may have; is asked about null for an image without one
 * @param except the id of an image that is left out, such as the one that asks, or null
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record NeighbourQuery(float[] vector, int count, Predicate<String> labels, String except) {

  public NeighbourQuery {
    Objects.requireNonNull(vector, "vector");
    Objects.requireNonNull(labels, "labels");
    if (count < 1) {
      throw new IllegalArgumentException("At least 1 neighbour is asked for, not " + count + ".");
    }
  }
}
