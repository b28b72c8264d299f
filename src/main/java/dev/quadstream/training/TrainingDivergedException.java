package dev.quadstream.training;

/** Windows could not be trained on: too many in a row, or so that nothing was learned at all. */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String problem;

  TrainingDivergedException(int windows, long window, String lastReason) {
    this(
        "%d windows in a row were refused, the last one window %d: %s"
            .formatted(windows, window, lastReason),
        "Look at the images that the reports of these windows name, or lower"
            + " training.learning-rate.");
  }

  TrainingDivergedException(long version) {
    this(
        "The parameters of every replica are no finite numbers at version %d, which is not published."
            .formatted(version),
        "Go on from a checkpoint before it, with a lower training.learning-rate.");
  }

  private TrainingDivergedException(String problem, String remedyOfAJob) {
    super(problem + " The last published model is untouched. " + remedyOfAJob);
    this.problem = problem;
  }

  /** Of a training that ended with the network that it began with. */
  TrainingDivergedException(String lastReason) {
    super(
        "No window trained anything: the network is as it was at first. The last window: "
            + lastReason);
    this.problem = getMessage();
  }

  /** What happened, without what to do in a job. */
  public String problem() {
    return problem;
  }
}
