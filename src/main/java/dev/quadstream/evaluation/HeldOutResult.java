package dev.quadstream.evaluation;

/**
 * How a network did on images that are never streamed.
 *
 * @param recallAt1 the share whose nearest neighbour is of their class
 * @param hit one that found its class, or null where none did
 * @param miss one that did not, or null where all did
 */
public record HeldOutResult(double recallAt1, HeldOutExample hit, HeldOutExample miss) {}
