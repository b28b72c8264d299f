package dev.quadstream.training;

/** Too many windows in a row could not be trained on; the last published model is still good. */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TrainingDivergedException(int windows, long window, String lastReason) {
    super(
        "%d windows in a row were refused, the last one window %d: %s The last published model is untouched. Look at the images that the reports of these windows name, or lower training.learning-rate."
            .formatted(windows, window, lastReason));
  }

  TrainingDivergedException(long version) {
    super(
        "The parameters of every replica are no finite numbers at version %d, which is not published. The last published model is untouched. Go on from a checkpoint before it, with a lower training.learning-rate."
            .formatted(version));
  }
}
