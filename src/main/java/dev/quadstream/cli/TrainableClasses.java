package dev.quadstream.cli;

import dev.quadstream.metric.LossForm;
import java.util.Optional;

/** Whether there are classes enough for a loss: a triplet takes two, a quadruplet three. */
final class TrainableClasses {

  private TrainableClasses() {}

  /** What to say where there are too few to train on. */
  static Optional<String> problem(int classes, LossForm loss) {
    int fewest = loss == LossForm.TRIPLET ? 2 : 3;
    return classes >= fewest
        ? Optional.empty()
        : Optional.of(
            "There are %d classes to train on and the loss %s takes %d at least.%s"
                .formatted(
                    classes,
                    loss,
                    fewest,
                    classes == 2 ? " --set training.loss=TRIPLET takes two." : ""));
  }

  /**
   * Returns if there are enough.
   *
   * @throws CommandException if not
   */
  static void require(int classes, LossForm loss) {
    problem(classes, loss)
        .ifPresent(
            problem -> {
              throw CommandException.usage(problem);
            });
  }
}
