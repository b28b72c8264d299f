package dev.quadstream.network.pass;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** Max pooling. */
final class OneDnnMaxPooling implements OneDnnLayer {

  private final long[] outputShape;
  private final long[] kernel;
  private final long[] stride;
  private final long[] padding;
  private final boolean rectified;

  private pooling_forward.primitive_desc forward;
  private memory input;
  private memory output;
  private memory places;

  /**
   * @param rows images of a chunk
   * @param rectified whether the input was rectified and the gradient still has to be
   */
  OneDnnMaxPooling(ChainLayer layer, long rows, boolean rectified) {
    SubsamplingLayer configuration = (SubsamplingLayer) layer.configuration();
    NativePass.requirePlain(configuration);
    this.outputShape = OneDnnPlan.channelsFirst(rows, layer.outputShape());
    this.kernel = OneDnnPlan.longs(configuration.getKernelSize());
    this.stride = OneDnnPlan.longs(configuration.getStride());
    this.padding = OneDnnPlan.longs(configuration.getPadding());
    this.rectified = rectified;
  }

  @Override
  public memory recordForward(OneDnnProgram program, memory input) {
    this.input = input;
    this.forward =
        new pooling_forward.primitive_desc(
            new pooling_forward.desc(
                prop_kind.forward_training,
                algorithm.pooling_max,
                input.get_desc(),
                program.anyLayout(outputShape),
                stride,
                kernel,
                padding,
                padding),
            OneDnnProgram.attributes(),
            program.engine());
    output = program.allocate(forward.dst_desc());
    places = program.allocate(forward.workspace_desc());
    program
        .execute(new pooling_forward(forward), forward)
        .with(DNNL_ARG_SRC, input)
        .with(DNNL_ARG_DST, output)
        .with(DNNL_ARG_WORKSPACE, places);
    return output;
  }

  @Override
  public memory recordBackward(OneDnnProgram program, memory outputGradient) {
    memory gradient = program.inLayout(outputGradient, output.get_desc());
    if (rectified) {
      program.clearWhereRectified(output, gradient);
    }
    pooling_backward.primitive_desc backward =
        new pooling_backward.primitive_desc(
            new pooling_backward.desc(
                algorithm.pooling_max,
                input.get_desc(),
                output.get_desc(),
                stride,
                kernel,
                padding,
                padding),
            OneDnnProgram.attributes(),
            program.engine(),
            forward);
    memory inputGradient = program.allocate(backward.diff_src_desc());
    program
        .execute(new pooling_backward(backward), backward)
        .with(DNNL_ARG_DIFF_DST, gradient)
        .with(DNNL_ARG_DIFF_SRC, inputGradient)
        .with(DNNL_ARG_WORKSPACE, places);
    return inputGradient;
  }
}
