package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;

/**
 * What is known of a window that gathers images.
 *
 * @param opened its place in the order in which the windows that are open were opened
 * @param images that it holds
 * @param removals that it holds
 * @param deadline processing time at which it closes, in milliseconds; {@link #NEVER} for none
 */
public record OpenWindow(long opened, int images, int removals, long deadline) {

  public static final long NEVER = Long.MAX_VALUE;

  /** The same with one more event. */
  public OpenWindow with(ImageEvent event) {
    return event.isRemoval()
        ? new OpenWindow(opened, images, removals + 1, deadline)
        : new OpenWindow(opened, images + 1, removals, deadline);
  }
}
