package dev.quadstream.network.pass;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Memory for a batch that is allocated once and used again at each step; it grows with the largest
 * batch seen. Allocation and release of native memory otherwise cost as much as the arithmetic.
 *
 * <p>Keeping it also keeps the process small: under glibc's default settings, large aligned blocks
 * that are freed one by one are seldom used again ({@code MALLOC_MMAP_THRESHOLD_} in the
 * environment cures that).
 */
public final class RowBuffer implements AutoCloseable {

  private final DataType dataType;
  private final long[] rowShape;
  private INDArray memory;
  private INDArray rows;

  /** No memory yet. */
  public RowBuffer(DataType dataType, long... rowShape) {
    this.dataType = dataType;
    this.rowShape = rowShape.clone();
  }

  /**
   * The first {@code count} rows, as a contiguous array in c order. The same object as long as the
   * count is the same; what it holds is whatever was written last.
   */
  public INDArray rows(long count) {
    if (rows != null && rows.size(0) == count) {
      return rows;
    }
    if (memory == null || memory.size(0) < count) {
      close();
      memory = Nd4j.createUninitializedDetached(dataType, 'c', shape(count));
    }
    rows = memory.size(0) == count ? memory : memory.get(NDArrayIndex.interval(0, count));
    return rows;
  }

  /** Some of the rows that {@link #rows} has made room for. Several threads may ask at once. */
  public INDArray slice(long first, long count) {
    return memory.get(NDArrayIndex.interval(first, first + count));
  }

  private long[] shape(long count) {
    long[] shape = new long[rowShape.length + 1];
    shape[0] = count;
    System.arraycopy(rowShape, 0, shape, 1, rowShape.length);
    return shape;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
    }
    memory = null;
    rows = null;
  }
}
