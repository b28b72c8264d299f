package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.Quadruplet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Picks the quadruplets of a window that people should look at. */
final class HardestQuadruplets {

  private HardestQuadruplets() {}

  /**
   * The quadruplets with the largest sum of both hinge terms (Eq. 3), worst first; of those that
   * share an anchor only the worst, so that one bad image does not fill the list.
   *
   * @param quadruplets rows of {@code images}
   * @param distances g of each quadruplet's pairs, as {@link TrainingStep.Result#distances} has
   *     them
   * @param count at most so many; fewer where fewer violate a margin
   */
  static List<HardQuadruplet> of(
      List<LabeledImage> images,
      List<Quadruplet> quadruplets,
      double[] distances,
      Margins margins,
      int count) {
    int size = quadruplets.size();
    double[] violations = new double[size];
    Arrays.setAll(violations, q -> violation(distances, q, size, margins));
    List<HardQuadruplet> hardest = new ArrayList<>();
    Set<Integer> anchors = new HashSet<>();
    for (int q :
        IntStream.range(0, size)
            .filter(q -> violations[q] > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(q -> -violations[q]))
            .toList()) {
      if (hardest.size() == count) {
        break;
      }
      if (anchors.add(quadruplets.get(q).anchor())) {
        hardest.add(describe(images, quadruplets.get(q), distances, q, size, violations[q]));
      }
    }
    return hardest;
  }

  private static double violation(double[] distances, int q, int size, Margins margins) {
    double positive = distances[q] * distances[q];
    double negative = distances[size + q] * distances[size + q];
    double first = Math.max(0, positive - negative + margins.first());
    if (distances.length == 2 * size) {
      return first;
    }
    double second = distances[2 * size + q] * distances[2 * size + q];
    return first + Math.max(0, positive - second + margins.second());
  }

  private static HardQuadruplet describe(
      List<LabeledImage> images,
      Quadruplet quadruplet,
      double[] distances,
      int q,
      int size,
      double violation) {
    LabeledImage anchor = images.get(quadruplet.anchor());
    LabeledImage negative = images.get(quadruplet.negative());
    LabeledImage secondNegative =
        quadruplet.isTriplet() ? null : images.get(quadruplet.secondNegative());
    return new HardQuadruplet(
        new HardQuadruplet.Images(
            anchor.id(),
            images.get(quadruplet.positive()).id(),
            negative.id(),
            secondNegative == null ? null : secondNegative.id()),
        new HardQuadruplet.Labels(
            anchor.label(),
            negative.label(),
            secondNegative == null ? null : secondNegative.label()),
        new HardQuadruplet.Distances(
            distances[q],
            distances[size + q],
            distances.length == 2 * size ? null : distances[2 * size + q]),
        violation);
  }
}
