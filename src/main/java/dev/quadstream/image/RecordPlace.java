package dev.quadstream.image;

/**
 * Where the record lies that an image came with, on the topic of images.
 *
 * @param partition of the topic
 * @param offset in the partition
 */
public record RecordPlace(int partition, long offset) {}
