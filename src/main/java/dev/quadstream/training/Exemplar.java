package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;

/**
 * An image kept in the memory, with its latest embedding.
 *
 * @param image the image as it arrived
 * @param embedding unit length; not to be written to
 * @param modelVersion version of the model that the embedding comes from
 */
public record Exemplar(LabeledImage image, float[] embedding, long modelVersion) {}
