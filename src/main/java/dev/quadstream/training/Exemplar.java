package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;

/**
 * An image kept in the memory, with its embedding under the model that the memory was last embedded
 * with.
 *
 * @param image the image as it arrived
 * @param embedding unit length; not to be written to
 */
public record Exemplar(LabeledImage image, float[] embedding) {}
