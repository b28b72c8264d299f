package dev.quadstream.network.pass;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native memory by number, shared by the plans of all batch sizes: the same layer's output is the
 * same block in each. ND4J's, so that it counts and is limited as all other arrays.
 */
final class OneDnnBlocks implements AutoCloseable {

  private final List<List<INDArray>> blocks = new ArrayList<>();

  /**
   * Memory that stays where it is until {@link #close}.
   *
   * @param number 0 or one more than the largest asked for
   * @param bytes at least so many
   */
  INDArray block(int number, long bytes) {
    while (blocks.size() <= number) {
      blocks.add(new ArrayList<>());
    }
    List<INDArray> sameNumber = blocks.get(number);
    long floats = Math.max(1, (bytes + Float.BYTES - 1) / Float.BYTES);
    for (INDArray block : sameNumber) {
      if (block.length() >= floats) {
        return block;
      }
    }
    // Beside the smaller one, whose address a plan may hold.
    INDArray block = Nd4j.createUninitializedDetached(DataType.FLOAT, floats);
    sameNumber.add(block);
    return block;
  }

  @Override
  public void close() {
    blocks.forEach(sameNumber -> sameNumber.forEach(INDArray::close));
    blocks.clear();
  }
}
