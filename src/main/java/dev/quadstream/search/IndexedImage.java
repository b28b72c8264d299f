package dev.quadstream.search;

/**
 * An image as an index holds it.
 *
 * @param id the image's id
 * @param label its class; null while nobody has said
 * @param vector its embedding; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record IndexedImage(String id, String label, float[] vector) {}
