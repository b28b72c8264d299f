package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;

/**
 * An image with its embedding under the released model.
 *
 * @param image the image
 * @param embedding unit length; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ReleasedImage(LabeledImage image, float[] embedding) {}
