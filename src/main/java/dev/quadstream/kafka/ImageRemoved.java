package dev.quadstream.kafka;

/**
 * A tombstone: the image is to be forgotten.
 *
 * @param id the image's id, not empty
 */
public record ImageRemoved(String id) implements ParsedRecord {}
