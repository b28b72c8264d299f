package dev.quadstream.experiment;

import dev.quadstream.image.LabeledImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The classes that a stream showed.
 *
 * @param images of them, to be found again among each other
 * @param ages when the stream showed each class
 */
record SeenClasses(HeldOutImages images, Map<String, Age> ages) {

  /**
   * When a stream showed a class.
   *
   * @param sinceFirst images from its first one to the stream's end, at least 1
   * @param sinceLast images from its last one to the stream's end, at least 1
   */
  record Age(int sinceFirst, int sinceLast) {}

  /** The ages of all classes of a stream at its end. */
  static Map<String, Age> ages(List<LabeledImage> stream) {
    Map<String, Age> ages = new HashMap<>();
    for (int index = 0; index < stream.size(); index++) {
      int age = stream.size() - index;
      ages.merge(
          stream.get(index).label(),
          new Age(age, age),
          (before, now) -> new Age(before.sinceFirst(), now.sinceLast()));
    }
    return ages;
  }
}
