package dev.quadstream.dataset.files;

/**
 * One line of a list of images; what it leaves out is an empty text.
 *
 * @param line its number in the file, from 1
 */
record ListRow(
    long line, String path, String label, String camera, String split, String capturedAt) {}
