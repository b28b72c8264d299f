package dev.quadstream.cli.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the demo is asked to do.
 *
 * @param images stops after so many
 * @param duration stops after this time, or null for no limit
 * @param directory where broker, models, checkpoints and logs go; made if absent
 * @param webPort port of Flink's web page; another free one is taken where it is in use
 * @param livePage whether to serve the live page, on port 8080 or another free one
 */
public record DemoOptions(
    int images, Duration duration, Path directory, int webPort, boolean livePage) {

  public DemoOptions {
    if (images < 1) {
      throw new IllegalArgumentException("The demo streams at least 1 image, not " + images + ".");
    }
  }
}
