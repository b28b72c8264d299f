package dev.quadstream.experiment;

/**
 * How much is run.
 *
 * @param images streamed to each network
 * @param seeds runs of each row, with seeds 1, 2, …
 * @param warmUpWindows windows of random quadruplets at the start of each run
 */
public record AblationSize(int images, int seeds, int warmUpWindows) {

  /** Long enough to leave the warm-up behind, and no longer: directions rather than figures. */
  public static final AblationSize QUICK = new AblationSize(3_000, 4, 10);

  public AblationSize {
    if (images < 1 || seeds < 1 || warmUpWindows < 0) {
      throw new IllegalArgumentException(
          "An ablation needs 1 image and 1 seed at least, not %d images and %d seeds."
              .formatted(images, seeds));
    }
  }
}
