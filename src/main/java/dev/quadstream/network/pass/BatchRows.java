package dev.quadstream.network.pass;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays that hold a row for each row of the batch, of which each chunk has its own: the
 * chain's input, and what goes into dense layers and comes out of them, forward and back. Single
 * precision.
 */
final class BatchRows implements AutoCloseable {

  private final int firstDense;
  private final boolean readsImages;
  private final RowBuffer inputs;
  private final RowBuffer inputGradients;

  /** What goes into each dense layer, the first one's input first, and the last one's output. */
  private final List<RowBuffer> values = new ArrayList<>();

  /** Their gradients; none for the first where that is an image's. */
  private final List<RowBuffer> gradients = new ArrayList<>();

  private final int lastConvolution;
  private final long[] mapShape;

  private RowBuffer maps;
  private int capacity;
  private boolean keepsGradients;

  BatchRows(List<ChainLayer> layers) {
    long[] inputShape = layers.get(0).inputShape();
    this.readsImages = inputShape.length > 1;
    this.inputs = new RowBuffer(DataType.FLOAT, inputShape);
    this.inputGradients = new RowBuffer(DataType.FLOAT, inputShape);
    this.lastConvolution = ChainLayer.lastConvolution(layers);
    this.mapShape = lastConvolution < 0 ? null : layers.get(lastConvolution).outputShape();
    int first = 0;
    while (!(layers.get(first).configuration() instanceof DenseLayer)) {
      first++;
    }
    this.firstDense = first;
    values.add(
        readsImages
            ? new RowBuffer(DataType.FLOAT, layers.get(first).input().arrayElementsPerExample())
            : inputs);
    gradients.add(inputGradients);
    for (ChainLayer layer : layers.subList(first, layers.size())) {
      values.add(new RowBuffer(DataType.FLOAT, layer.outputShape()));
      gradients.add(new RowBuffer(DataType.FLOAT, layer.outputShape()));
    }
  }

  /** Whether a batch of this size needs more memory, and all of it moves. */
  boolean isBeyondCapacity(int rows) {
    return rows > capacity;
  }

  /** Makes room for a batch of this size. */
  void reserve(int rows) {
    capacity = Math.max(capacity, rows);
    inputs.rows(capacity);
    values.forEach(buffer -> buffer.rows(capacity));
    if (maps != null) {
      maps.rows(capacity);
    }
    if (keepsGradients) {
      reserveGradients();
    }
  }

  /** Makes room for the gradients, too. */
  void reserveGradients() {
    keepsGradients = true;
    gradients.subList(readsImages ? 1 : 0, gradients.size()).forEach(b -> b.rows(capacity));
  }

  INDArray inputs(int rows) {
    return inputs.rows(rows);
  }

  /** From now on there is room for what the last convolution gives. */
  void keepMaps() {
    maps = new RowBuffer(DataType.FLOAT, mapShape);
    if (capacity > 0) {
      maps.rows(capacity);
    }
  }

  /** Whether the layer's output is kept for {@link #maps}. */
  boolean keepsMaps(int layer) {
    return maps != null && layer == lastConvolution;
  }

  /** Some rows of what the last convolution gives. */
  INDArray maps(int firstRow, int count) {
    return maps.slice(firstRow, count);
  }

  INDArray outputs(int rows) {
    return values.get(values.size() - 1).rows(rows);
  }

  INDArray outputGradients(int rows) {
    return gradients.get(gradients.size() - 1).rows(rows);
  }

  /** Null for images. */
  INDArray inputGradients(int rows) {
    return readsImages ? null : inputGradients.rows(rows);
  }

  /** A chunk's rows of the chain's input. */
  INDArray inputs(int firstRow, int count) {
    return inputs.slice(firstRow, count);
  }

  /** A chunk's rows of what goes into a dense layer. */
  INDArray denseInputs(int layer, int firstRow, int count) {
    return values.get(layer - firstDense).slice(firstRow, count);
  }

  /** A chunk's rows of what comes out of a dense layer. */
  INDArray denseOutputs(int layer, int firstRow, int count) {
    return values.get(layer - firstDense + 1).slice(firstRow, count);
  }

  /** Those of the gradient of a dense layer's input; null where that is an image. */
  INDArray denseInputGradients(int layer, int firstRow, int count) {
    return readsImages && layer == firstDense
        ? null
        : gradients.get(layer - firstDense).slice(firstRow, count);
  }

  /** Those of the gradient of a dense layer's output. */
  INDArray denseOutputGradients(int layer, int firstRow, int count) {
    return gradients.get(layer - firstDense + 1).slice(firstRow, count);
  }

  @Override
  public void close() {
    inputs.close();
    if (maps != null) {
      maps.close();
    }
    values.forEach(RowBuffer::close);
    gradients.forEach(RowBuffer::close);
  }
}
