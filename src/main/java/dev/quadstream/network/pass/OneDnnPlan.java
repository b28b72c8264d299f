package dev.quadstream.network.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.stream;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What oneDNN executes for a chunk of one size: forward and, from the first time that it is asked
 * for, backward.
 */
final class OneDnnPlan implements AutoCloseable {

  private final OneDnnChunk chunk;
  private final int rows;
  private final List<OneDnnLayer> layers = new ArrayList<>();
  private final OneDnnProgram forward;
  private OneDnnProgram backward;

  /** Records the forward pass of so many rows. */
  OneDnnPlan(OneDnnChunk chunk, int rows) {
    this.chunk = chunk;
    this.rows = rows;
    this.forward =
        new OneDnnProgram(chunk.chain().engine(), chunk.blocks(), 1, chunk.chain().activations());
    List<ChainLayer> chain = chunk.chain().layers();
    memory activations =
        forward.at(
            chunk.chain().batch().inputs(chunk.firstRow(), rows),
            plainLayout(rows, chain.get(0).inputShape()));
    for (int index = 0; index < chain.size(); index++) {
      OneDnnLayer recorded = layer(index);
      activations = recorded.recordForward(forward, activations);
      layers.add(recorded);
      if (chunk.chain().batch().keepsMaps(index)) {
        forward.copy(
            activations,
            forward.at(
                chunk.chain().batch().maps(chunk.firstRow(), rows),
                plainLayout(rows, chain.get(index).outputShape())));
      }
    }
  }

  private OneDnnLayer layer(int index) {
    List<ChainLayer> chain = chunk.chain().layers();
    ChainLayer layer = chain.get(index);
    if (layer.configuration() instanceof ConvolutionLayer) {
      boolean pooled = chain.get(index + 1).configuration() instanceof SubsamplingLayer;
      return new OneDnnConvolution(layer, chunk, rows, index == 0, pooled);
    }
    if (layer.configuration() instanceof SubsamplingLayer) {
      return new OneDnnMaxPooling(layer, rows, isRectified(chain.get(index - 1)));
    }
    return new OneDnnDense(layer, index, chunk, rows);
  }

  private static boolean isRectified(ChainLayer layer) {
    return layer.configuration() instanceof ConvolutionLayer convolution
        && Rectifier.isRectified(convolution);
  }

  void forward(stream stream) {
    forward.run(stream);
  }

  void backward(stream stream) {
    if (backward == null) {
      backward = recordedBackward();
    }
    backward.run(stream);
  }

  private OneDnnProgram recordedBackward() {
    OneDnnProgram program =
        new OneDnnProgram(
            chunk.chain().engine(),
            chunk.blocks(),
            forward.blocksTaken(),
            chunk.chain().activations());
    int last = layers.size() - 1;
    INDArray outputGradients =
        chunk.chain().batch().denseOutputGradients(last, chunk.firstRow(), rows);
    memory gradient =
        program.at(outputGradients, OneDnnProgram.layout(format_tag.nc, outputGradients.shape()));
    for (int index = last; index >= 0; index--) {
      gradient = layers.get(index).recordBackward(program, gradient);
    }
    return program;
  }

  private static memory.desc plainLayout(long rows, long[] rowShape) {
    return rowShape.length == 1
        ? OneDnnProgram.layout(format_tag.nc, rows, rowShape[0])
        : OneDnnProgram.layout(format_tag.nhwc, channelsFirst(rows, rowShape));
  }

  /**
   * The shape [N, C, H, W] as oneDNN names it.
   *
   * @param rowShape [H, W, C]
   */
  static long[] channelsFirst(long rows, long[] rowShape) {
    return new long[] {rows, rowShape[2], rowShape[0], rowShape[1]};
  }

  static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  @Override
  public void close() {
    forward.close();
    if (backward != null) {
      backward.close();
    }
  }
}
