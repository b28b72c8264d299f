package dev.quadstream.image;

/**
 * Where the record lies that an image came with, on the topic of images, and how far the run had
 * read its partition with it.
 *
 * @param partition of the topic
 * @param offset in the partition
 * @param read records of the partition that the run had read, this one included
 * @param deadLetters how many of them had become dead letters
 * @param questions how many of them were images without a label
 */
public record RecordPlace(
    int partition, long offset, long read, long deadLetters, long questions) {}
