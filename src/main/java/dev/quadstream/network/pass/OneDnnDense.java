package dev.quadstream.network.pass;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A fully connected layer. Its weights stay in Deeplearning4j's layout, [in, out] in f order, which
 * is oneDNN's plain [out, in]: to rearrange them costs as much as the faster product gains. What it
 * reads and writes are rows of the whole batch's memory, from which {@link DenseGradient} makes the
 * gradient of its parameters.
 */
final class OneDnnDense implements OneDnnLayer {

  private final INDArray weights;
  private final INDArray bias;
  private final boolean rectified;
  private final int index;
  private final OneDnnChunk chunk;
  private final int rows;
  private final memory.desc inputLayout;
  private final memory.desc outputLayout;
  private final memory.desc weightLayout;
  private final memory.desc biasLayout;
  private final memory.desc imageLayout;

  private inner_product_forward.primitive_desc forward;
  private memory output;

  /**
   * @param index the layer's place in the chain
   * @param rows of the chunk
   */
  OneDnnDense(ChainLayer layer, int index, OneDnnChunk chunk, int rows) {
    this.index = index;
    this.chunk = chunk;
    this.rows = rows;
    this.weights = layer.layer().getParam(DefaultParamInitializer.WEIGHT_KEY);
    this.bias = layer.layer().getParam(DefaultParamInitializer.BIAS_KEY);
    this.rectified = Rectifier.isRectified(layer.configuration());
    this.inputLayout = OneDnnProgram.layout(format_tag.nc, rows, weights.size(0));
    this.outputLayout = OneDnnProgram.layout(format_tag.nc, rows, weights.size(1));
    this.weightLayout = OneDnnProgram.layout(format_tag.oi, weights.size(1), weights.size(0));
    this.biasLayout = OneDnnProgram.layout(format_tag.x, weights.size(1));
    boolean readsImages = layer.inputShape().length > 1;
    this.imageLayout =
        readsImages
            ? OneDnnProgram.layout(
                format_tag.nhwc, OneDnnPlan.channelsFirst(rows, layer.inputShape()))
            : null;
  }

  @Override
  public memory recordForward(OneDnnProgram program, memory images) {
    memory input =
        program.at(chunk.chain().batch().denseInputs(index, chunk.firstRow(), rows), inputLayout);
    if (imageLayout != null) {
      program.copy(images, program.sameMemory(input, imageLayout));
    }
    this.forward =
        new inner_product_forward.primitive_desc(
            new inner_product_forward.desc(
                prop_kind.forward_training, inputLayout, weightLayout, biasLayout, outputLayout),
            OneDnnProgram.rectifying(rectified),
            program.engine());
    output =
        program.at(chunk.chain().batch().denseOutputs(index, chunk.firstRow(), rows), outputLayout);
    program
        .execute(new inner_product_forward(forward), forward)
        .with(DNNL_ARG_SRC, input)
        .with(DNNL_ARG_WEIGHTS, program.at(weights, weightLayout))
        .with(DNNL_ARG_BIAS, program.at(bias, biasLayout))
        .with(DNNL_ARG_DST, output);
    return output;
  }

  @Override
  public memory recordBackward(OneDnnProgram program, memory outputGradient) {
    if (rectified) {
      program.clearWhereRectified(output, outputGradient);
    }
    inner_product_backward_data.primitive_desc backward =
        new inner_product_backward_data.primitive_desc(
            new inner_product_backward_data.desc(inputLayout, weightLayout, outputLayout),
            OneDnnProgram.attributes(),
            program.engine(),
            forward);
    INDArray inputGradients =
        chunk.chain().batch().denseInputGradients(index, chunk.firstRow(), rows);
    memory inputGradient =
        inputGradients == null
            ? program.allocate(inputLayout)
            : program.at(inputGradients, inputLayout);
    program
        .execute(new inner_product_backward_data(backward), backward)
        .with(DNNL_ARG_DIFF_DST, outputGradient)
        .with(DNNL_ARG_WEIGHTS, program.at(weights, weightLayout))
        .with(DNNL_ARG_DIFF_SRC, inputGradient);
    return imageLayout == null ? inputGradient : program.sameMemory(inputGradient, imageLayout);
  }
}
