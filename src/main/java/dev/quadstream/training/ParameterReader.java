package dev.quadstream.training;

import java.util.Map;

/**
 * What a replica brings to a merge, read once and in order, so that nobody has to hold it. Close
 * it.
 */
public interface ParameterReader extends AutoCloseable {

  /** The number of values of each chain, by its name, in the order in which they are read. */
  Map<String, Integer> lengths();

  /**
   * Reads the next values of a chain into the beginning of each array of a block.
   *
   * @param count 1 to {@link ParameterBlock#VALUES}, and not beyond the end of the chain
   */
  void read(ParameterBlock into, int count);

  @Override
  void close();
}
