package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.training.ImageWindow;

/**
 * What is known of a window that gathers images.
 *
 * @param opened its place in the order in which the windows that are open were opened
 * @param images that it holds
 * @param removals that it holds
 * @param corrections of labels that it holds
 * @param deadline processing time at which it closes, in milliseconds; {@link #NEVER} for none
 */
public record OpenWindow(long opened, int images, int removals, int corrections, long deadline) {

  public static final long NEVER = Long.MAX_VALUE;

  /** The same with one more event. */
  public OpenWindow with(ImageEvent event) {
    return new OpenWindow(
        opened,
        images + (event.isArrival() ? 1 : 0),
        removals + (event.isRemoval() ? 1 : 0),
        corrections + (event.isCorrection() ? 1 : 0),
        deadline);
  }

  /** The same with another deadline. */
  public OpenWindow until(long newDeadline) {
    return new OpenWindow(opened, images, removals, corrections, newDeadline);
  }

  /**
   * Whether no more fits in.
   *
   * @param maxEvents images that it may hold, and as many removals
   */
  public boolean isFull(int maxEvents) {
    return images >= maxEvents
        || removals >= maxEvents
        || corrections >= ImageWindow.MAX_CORRECTIONS;
  }
}
