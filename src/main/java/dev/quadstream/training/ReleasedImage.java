package dev.quadstream.training;

/**
 * An image's embedding under the released model.
 *
 * @param id the image's id
 * @param label its label, or null where that was withdrawn
 * @param embedding unit length; not to be written to
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ReleasedImage(String id, String label, float[] embedding) {}
