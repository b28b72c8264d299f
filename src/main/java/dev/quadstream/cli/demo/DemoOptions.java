package dev.quadstream.cli.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the demo is asked to do.
 *
 * @param images stops after so many
 * @param unlabelled which share of them is streamed without labels, 0 to 0.95
 * @param duration stops after this time, or null for no limit
 * @param directory where broker, models, checkpoints and logs go; made if absent
 * @param webPorts ports for Flink's web page, of which the first that is free is taken
 * @param livePage whether to serve the live page, on port 8080 or another free one
 * @param keep whether broker and page stay when the stream has ended, until the demo is interrupted
 */
public record DemoOptions(
    int images,
    double unlabelled,
    Duration duration,
    Path directory,
    String webPorts,
    boolean livePage,
    boolean keep) {

  private static final double MAX_UNLABELLED = 0.95;

  public DemoOptions {
    if (images < 1) {
      throw new IllegalArgumentException("The demo streams at least 1 image, not " + images + ".");
    }
    requireUnlabelled(unlabelled);
  }

  /**
   * Refuses a share that leaves too little to train on.
   *
   * @throws IllegalArgumentException if it is not 0 to 0.95
   */
  public static void requireUnlabelled(double share) {
    if (!(share >= 0 && share <= MAX_UNLABELLED)) {
      throw new IllegalArgumentException(
          "Of the demo's images a share of 0 to %s can be without labels, as the others are trained on, not %s."
              .formatted(MAX_UNLABELLED, share));
    }
  }

  /** How many images have a label, about. */
  long labelled() {
    return Math.round(images * (1 - unlabelled));
  }
}
