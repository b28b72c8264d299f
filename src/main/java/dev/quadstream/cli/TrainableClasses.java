package dev.quadstream.cli;

import dev.quadstream.metric.LossForm;
import java.util.Map;
import java.util.Optional;

/**
 * Whether there are classes enough for a loss: a triplet takes two, a quadruplet three, and two
 * images of one of them.
 */
final class TrainableClasses {

  private TrainableClasses() {}

  /**
   * What to say where there are too few to train on.
   *
   * @param sizes images of each class
   */
  static Optional<String> problem(Map<String, Integer> sizes, LossForm loss) {
    int fewest = loss == LossForm.TRIPLET ? 2 : 3;
    int classes = sizes.size();
    if (classes < fewest) {
      return Optional.of(
          "There are %d classes to train on and the loss %s takes %d at least.%s"
              .formatted(
                  classes,
                  loss,
                  fewest,
                  classes == 2 ? " --set training.loss=TRIPLET takes two." : ""));
    }
    return sizes.values().stream().allMatch(size -> size < 2)
        ? Optional.of(
            "Each of the %d classes to train on has a single image, and the loss %s takes two of one. Is what names the classes another one for each image?"
                .formatted(classes, loss))
        : Optional.empty();
  }

  /**
   * Returns if there are enough.
   *
   * @throws CommandException if not
   */
  static void require(Map<String, Integer> sizes, LossForm loss) {
    problem(sizes, loss)
        .ifPresent(
            problem -> {
              throw CommandException.usage(problem);
            });
  }
}
