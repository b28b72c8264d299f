package dev.quadstream.experiment;

import dev.quadstream.image.LabeledImage;
import java.util.List;

/**
 * What all rows of one seed share.
 *
 * @param stream images to train on, in the order in which they come
 * @param heldOut images of classes that the stream never shows
 */
record Trial(List<LabeledImage> stream, HeldOutImages heldOut) {

  Trial {
    stream = List.copyOf(stream);
  }
}
