package dev.quadstream.network.pass;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution, rectified on its way out. */
final class OneDnnConvolution implements OneDnnLayer {

  /** Not Winograd's, which rounds more coarsely. */
  private static final algorithm ALGORITHM = algorithm.convolution_direct;

  private final INDArray weights;
  private final INDArray bias;
  private final ChainLayer layer;
  private final OneDnnChunk chunk;
  private final long[] inputShape;
  private final long[] outputShape;
  private final long[] weightShape;
  private final long[] stride;
  private final long[] padding;
  private final boolean first;
  private final boolean rectified;
  private final boolean pooled;

  private convolution_forward.primitive_desc forward;
  private memory input;
  private memory output;

  /**
   * @param chunk whose gradient of the parameters is stored
   * @param rows images of the chunk
   * @param first whether the input is the image, whose gradient nobody wants
   * @param pooled whether max pooling follows, which then clears the gradient where the rectifier
   *     was: the two commute, and behind the pooling a quarter of the values is left
   */
  OneDnnConvolution(ChainLayer layer, OneDnnChunk chunk, long rows, boolean first, boolean pooled) {
    ConvolutionLayer configuration = (ConvolutionLayer) layer.configuration();
    NativePass.requirePlain(configuration);
    this.weights = layer.layer().getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    this.bias = layer.layer().getParam(ConvolutionParamInitializer.BIAS_KEY);
    this.layer = layer;
    this.chunk = chunk;
    this.inputShape = OneDnnPlan.channelsFirst(rows, layer.inputShape());
    this.outputShape = OneDnnPlan.channelsFirst(rows, layer.outputShape());
    this.weightShape = weights.shape();
    this.stride = OneDnnPlan.longs(configuration.getStride());
    this.padding = OneDnnPlan.longs(configuration.getPadding());
    this.first = first;
    this.rectified = Rectifier.isRectified(configuration);
    this.pooled = pooled;
  }

  @Override
  public memory recordForward(OneDnnProgram program, memory input) {
    this.forward =
        new convolution_forward.primitive_desc(
            new convolution_forward.desc(
                prop_kind.forward_training,
                ALGORITHM,
                // Of one or three channels oneDNN would fill up to sixteen.
                program.activationLayout(first ? format_tag.nchw : format_tag.any, inputShape),
                program.anyLayout(weightShape),
                biasLayout(),
                program.anyLayout(outputShape),
                stride,
                padding,
                padding),
            OneDnnProgram.rectifying(rectified),
            program.engine());
    this.input = program.inLayout(input, forward.src_desc());
    memory arranged =
        chunk.chain().forwardWeights().in(weights, plainWeights(), forward.weights_desc());
    output = program.allocate(forward.dst_desc());
    program
        .execute(new convolution_forward(forward), forward)
        .with(DNNL_ARG_SRC, this.input)
        .with(DNNL_ARG_WEIGHTS, arranged)
        .with(DNNL_ARG_BIAS, program.at(bias, biasLayout()))
        .with(DNNL_ARG_DST, output);
    return output;
  }

  @Override
  public memory recordBackward(OneDnnProgram program, memory outputGradient) {
    memory gradient = program.inLayout(outputGradient, output.get_desc());
    if (rectified && !pooled) {
      program.clearWhereRectified(output, gradient);
    }
    recordWeightGradient(program, gradient);
    return first ? null : recordInputGradient(program, gradient);
  }

  private void recordWeightGradient(OneDnnProgram program, memory gradient) {
    convolution_backward_weights.primitive_desc backward =
        new convolution_backward_weights.primitive_desc(
            new convolution_backward_weights.desc(
                ALGORITHM,
                input.get_desc(),
                program.anyLayout(weightShape),
                biasLayout(),
                gradient.get_desc(),
                stride,
                padding,
                padding),
            OneDnnProgram.attributes(),
            program.engine(),
            forward);
    INDArray gradients = chunk.convolutionGradients();
    INDArray weightGradient = layer.gradient(ConvolutionParamInitializer.WEIGHT_KEY, gradients);
    INDArray biasGradient = layer.gradient(ConvolutionParamInitializer.BIAS_KEY, gradients);
    memory plain = program.at(weightGradient, plainWeights());
    boolean isPlain = backward.diff_weights_desc().equals(plain.get_desc());
    memory arranged = isPlain ? plain : program.allocate(backward.diff_weights_desc());
    program
        .execute(new convolution_backward_weights(backward), backward)
        .with(DNNL_ARG_SRC, input)
        .with(DNNL_ARG_DIFF_DST, gradient)
        .with(DNNL_ARG_DIFF_WEIGHTS, arranged)
        .with(DNNL_ARG_DIFF_BIAS, program.at(biasGradient, biasLayout()));
    if (!isPlain) {
      program.copy(arranged, plain);
    }
  }

  private memory recordInputGradient(OneDnnProgram program, memory gradient) {
    convolution_backward_data.primitive_desc backward =
        new convolution_backward_data.primitive_desc(
            new convolution_backward_data.desc(
                ALGORITHM,
                input.get_desc(),
                program.anyLayout(weightShape),
                gradient.get_desc(),
                stride,
                padding,
                padding),
            OneDnnProgram.attributes(),
            program.engine(),
            forward);
    memory arranged =
        chunk.chain().backwardWeights().in(weights, plainWeights(), backward.weights_desc());
    memory inputGradient = program.allocate(backward.diff_src_desc());
    program
        .execute(new convolution_backward_data(backward), backward)
        .with(DNNL_ARG_DIFF_DST, gradient)
        .with(DNNL_ARG_WEIGHTS, arranged)
        .with(DNNL_ARG_DIFF_SRC, inputGradient);
    return inputGradient;
  }

  private memory.desc plainWeights() {
    return OneDnnProgram.layout(format_tag.oihw, weightShape);
  }

  private memory.desc biasLayout() {
    return OneDnnProgram.layout(format_tag.x, weightShape[0]);
  }
}
