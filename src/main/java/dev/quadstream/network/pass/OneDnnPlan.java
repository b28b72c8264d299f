package dev.quadstream.network.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.stream;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What oneDNN executes for a batch of one size: forward and, from the first time that it is asked
 * for, backward.
 */
final class OneDnnPlan implements AutoCloseable {

  private final List<OneDnnLayer> layers = new ArrayList<>();
  private final INDArray outputGradients;
  private final OneDnnProgram forward;
  private final OneDnnProgram backward;
  private boolean backwardRecorded;

  /**
   * Records the forward pass.
   *
   * @param inputs [N, H, W, C] or [N, features], filled before each pass
   * @param outputs [N, E], written
   * @param outputGradients [N, E], filled before each backward pass
   * @param inputGradients shaped as the inputs and written, or null where nobody wants them
   */
  OneDnnPlan(
      engine engine,
      OneDnnBlocks blocks,
      List<ChainLayer> chain,
      INDArray inputs,
      INDArray outputs,
      INDArray outputGradients,
      INDArray inputGradients) {
    this.outputGradients = outputGradients;
    this.forward = new OneDnnProgram(engine, blocks, 0);
    long rows = inputs.size(0);
    memory activations = forward.at(inputs, plainLayout(rows, chain.get(0).inputShape()));
    int last = chain.size() - 1;
    for (int index = 0; index <= last; index++) {
      ChainLayer layer = chain.get(index);
      OneDnnLayer recorded;
      if (layer.configuration() instanceof ConvolutionLayer) {
        boolean pooled = chain.get(index + 1).configuration() instanceof SubsamplingLayer;
        recorded = new OneDnnConvolution(layer, rows, index == 0, pooled);
      } else if (layer.configuration() instanceof SubsamplingLayer) {
        recorded = new OneDnnMaxPooling(layer, rows, isRectified(chain.get(index - 1)));
      } else {
        recorded =
            new OneDnnDense(
                layer, rows, index == last ? outputs : null, index == 0 ? inputGradients : null);
      }
      activations = recorded.recordForward(forward, activations);
      layers.add(recorded);
    }
    this.backward = new OneDnnProgram(engine, blocks, forward.blocksTaken());
  }

  private static boolean isRectified(ChainLayer layer) {
    return layer.configuration() instanceof ConvolutionLayer convolution
        && Rectifier.isRectified(convolution.getActivationFn());
  }

  void forward(stream stream) {
    forward.run(stream);
  }

  void backward(stream stream) {
    if (!backwardRecorded) {
      memory gradient =
          backward.at(
              outputGradients, OneDnnProgram.layout(format_tag.nc, outputGradients.shape()));
      for (int index = layers.size() - 1; index >= 0; index--) {
        gradient = layers.get(index).recordBackward(backward, gradient);
      }
      backwardRecorded = true;
    }
    backward.run(stream);
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
    backward.close();
  }
}
