package dev.quadstream.network.pass;

/** Writes rows of a batch into the memory of a chain's input. Called by several threads at once. */
@FunctionalInterface
public interface RowWriter {

  /**
   * Writes the rows from one number up to, and not including, another.
   *
   * @param from the first row
   * @param to one more than the last
   */
  void write(int from, int to);
}
