package dev.quadstream.training;

/**
 * As many consecutive values of a chain as a merge takes at a time. Its arrays are written over by
 * each read.
 *
 * @param iterate θ at the end of the round
 * @param average its running average at the end of the round
 * @param startIterate θ at the start; undefined where there is no start
 * @param startAverage its running average at the start; likewise
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public record ParameterBlock(
    float[] iterate, float[] average, float[] startIterate, float[] startAverage) {

  /** The most values of a block. */
  public static final int VALUES = 1 << 16;

  /** A block to read into. */
  public ParameterBlock() {
    this(new float[VALUES], new float[VALUES], new float[VALUES], new float[VALUES]);
  }
}
