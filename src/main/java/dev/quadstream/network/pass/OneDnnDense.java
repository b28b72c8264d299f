package dev.quadstream.network.pass;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A fully connected layer. Its weights stay in Deeplearning4j's layout, [in, out] in f order, which
 * is oneDNN's plain [out, in]: to rearrange them costs as much as the faster product gains.
 */
final class OneDnnDense implements OneDnnLayer {

  private final INDArray weights;
  private final INDArray bias;
  private final INDArray weightGradient;
  private final INDArray biasGradient;
  private final boolean rectified;
  private final INDArray outputs;
  private final INDArray inputGradients;
  private final memory.desc inputLayout;
  private final memory.desc outputLayout;
  private final memory.desc weightLayout;
  private final memory.desc biasLayout;
  private final memory.desc imageLayout;

  private inner_product_forward.primitive_desc forward;
  private memory input;
  private memory output;

  /**
   * @param rows of a batch
   * @param outputs where the output is to go, or null for memory of the program
   * @param inputGradients likewise
   */
  OneDnnDense(ChainLayer layer, long rows, INDArray outputs, INDArray inputGradients) {
    this.weights = layer.layer().getParam(DefaultParamInitializer.WEIGHT_KEY);
    this.bias = layer.layer().getParam(DefaultParamInitializer.BIAS_KEY);
    this.weightGradient = layer.gradient(DefaultParamInitializer.WEIGHT_KEY);
    this.biasGradient = layer.gradient(DefaultParamInitializer.BIAS_KEY);
    this.rectified = Rectifier.isRectified(((DenseLayer) layer.configuration()).getActivationFn());
    this.outputs = outputs;
    this.inputGradients = inputGradients;
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
  public memory recordForward(OneDnnProgram program, memory input) {
    this.input =
        imageLayout == null
            ? input
            : program.sameMemory(program.inLayout(input, imageLayout), inputLayout);
    this.forward =
        new inner_product_forward.primitive_desc(
            new inner_product_forward.desc(
                prop_kind.forward_training, inputLayout, weightLayout, biasLayout, outputLayout),
            OneDnnProgram.rectifying(rectified),
            program.engine());
    output = outputs == null ? program.allocate(outputLayout) : program.at(outputs, outputLayout);
    program
        .execute(new inner_product_forward(forward))
        .with(DNNL_ARG_SRC, this.input)
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
    inner_product_backward_weights.primitive_desc ofWeights =
        new inner_product_backward_weights.primitive_desc(
            new inner_product_backward_weights.desc(
                inputLayout, weightLayout, biasLayout, outputLayout),
            program.engine(),
            forward);
    program
        .execute(new inner_product_backward_weights(ofWeights))
        .with(DNNL_ARG_SRC, input)
        .with(DNNL_ARG_DIFF_DST, outputGradient)
        .with(DNNL_ARG_DIFF_WEIGHTS, program.at(weightGradient, weightLayout))
        .with(DNNL_ARG_DIFF_BIAS, program.at(biasGradient, biasLayout));
    inner_product_backward_data.primitive_desc ofInput =
        new inner_product_backward_data.primitive_desc(
            new inner_product_backward_data.desc(inputLayout, weightLayout, outputLayout),
            program.engine(),
            forward);
    memory inputGradient =
        inputGradients == null
            ? program.allocate(inputLayout)
            : program.at(inputGradients, inputLayout);
    program
        .execute(new inner_product_backward_data(ofInput))
        .with(DNNL_ARG_DIFF_DST, outputGradient)
        .with(DNNL_ARG_WEIGHTS, program.at(weights, weightLayout))
        .with(DNNL_ARG_DIFF_SRC, inputGradient);
    return imageLayout == null ? inputGradient : program.sameMemory(inputGradient, imageLayout);
  }
}
