package dev.quadstream.network.pass;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.global.dnnl.scratchpad_mode;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * oneDNN primitives with their memory, recorded once and executed in order as often as wanted.
 *
 * <p>Shapes are oneDNN's logical ones, [N, C, H, W], whatever the layout.
 */
final class OneDnnProgram implements AutoCloseable {

  /** The block that every primitive of every program may scribble on. */
  private static final int SCRATCH = 0;

  private final engine engine;
  private final OneDnnBlocks blocks;
  private final memory.data_type activations;
  private final List<Execution> executions = new ArrayList<>();
  private final List<memory> memories = new ArrayList<>();
  private int nextBlock;

  /**
   * An empty program.
   *
   * @param firstBlock the first of {@code blocks} that it may use, 1 or more; block 0 is for what
   *     primitives need while they run
   * @param activations the type of numbers between convolutions
   */
  OneDnnProgram(engine engine, OneDnnBlocks blocks, int firstBlock, memory.data_type activations) {
    this.engine = engine;
    this.blocks = blocks;
    this.activations = activations;
    this.nextBlock = firstBlock;
  }

  /** A primitive and what it reads and writes. */
  static final class Execution {

    private final primitive primitive;
    private final IntMemoryMap arguments = new IntMemoryMap();

    private Execution(primitive primitive) {
      this.primitive = primitive;
    }

    Execution with(int argument, memory memory) {
      arguments.put(argument, memory);
      return this;
    }
  }

  /** Of activations or the weights that meet them, in the layout that oneDNN chooses. */
  memory.desc anyLayout(long... shape) {
    return activationLayout(memory.format_tag.any, shape);
  }

  memory.desc activationLayout(memory.format_tag tag, long... shape) {
    return new memory.desc(shape, activations, tag);
  }

  /** Of single precision. */
  static memory.desc layout(memory.format_tag tag, long... shape) {
    return new memory.desc(shape, memory.data_type.f32, tag);
  }

  /**
   * Borrows its working memory from the program: oneDNN's own belongs to the thread that made the
   * primitive, and others execute it.
   */
  static primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(scratchpad_mode.user);
    return attributes;
  }

  /** The same, and rectifies what a primitive gives, or leaves it as it is. */
  static primitive_attr rectifying(boolean rectified) {
    primitive_attr attributes = attributes();
    if (rectified) {
      post_ops afterwards = new post_ops();
      afterwards.append_eltwise(1, algorithm.eltwise_relu, 0, 0);
      attributes.set_post_ops(afterwards);
    }
    return attributes;
  }

  engine engine() {
    return engine;
  }

  /** The number of the first block that this program does not use. */
  int blocksTaken() {
    return nextBlock;
  }

  memory allocate(memory.desc layout) {
    return at(blocks.block(nextBlock++, layout.get_size()), layout);
  }

  /** The memory of an array, which must stay where it is. */
  memory at(INDArray array, memory.desc layout) {
    return kept(new memory(layout, engine, array.data().addressPointer()));
  }

  /** The same memory seen in another shape. */
  memory sameMemory(memory memory, memory.desc layout) {
    return kept(new memory(layout, engine, memory.get_data_handle()));
  }

  private memory kept(memory memory) {
    memories.add(memory);
    return memory;
  }

  /** The memory itself where it has the layout, or else a copy that has. */
  memory inLayout(memory from, memory.desc wanted) {
    if (from.get_desc().equals(wanted)) {
      return from;
    }
    memory to = allocate(wanted);
    copy(from, to);
    return to;
  }

  void copy(memory from, memory to) {
    reorder.primitive_desc description = new reorder.primitive_desc(from, to, attributes(), false);
    execute(new reorder(description), description).with(DNNL_ARG_FROM, from).with(DNNL_ARG_TO, to);
  }

  /** Clears a gradient in place where the rectified output is 0. Both share a layout. */
  void clearWhereRectified(memory output, memory gradient) {
    memory.desc layout = output.get_desc();
    eltwise_forward.primitive_desc forward =
        new eltwise_forward.primitive_desc(
            new eltwise_forward.desc(
                prop_kind.forward_training, algorithm.eltwise_relu, layout, 0, 0),
            engine);
    eltwise_backward.primitive_desc backward =
        new eltwise_backward.primitive_desc(
            new eltwise_backward.desc(algorithm.eltwise_relu_use_dst_for_bwd, layout, layout, 0, 0),
            attributes(),
            engine,
            forward);
    execute(new eltwise_backward(backward), backward)
        .with(DNNL_ARG_DST, output)
        .with(DNNL_ARG_DIFF_DST, gradient)
        .with(DNNL_ARG_DIFF_SRC, gradient);
  }

  /**
   * Appends a primitive, whose arguments the caller adds. What rearranges them must have been
   * appended before.
   */
  Execution execute(primitive primitive, primitive_desc_base description) {
    Execution execution = new Execution(primitive);
    executions.add(execution);
    memory.desc scratch = description.scratchpad_desc();
    if (scratch.get_size() > 0) {
      execution.with(DNNL_ARG_SCRATCHPAD, at(blocks.block(SCRATCH, scratch.get_size()), scratch));
    }
    return execution;
  }

  void run(stream stream) {
    for (Execution execution : executions) {
      execution.primitive.execute(stream, execution.arguments);
    }
  }

  @Override
  public void close() {
    for (Execution execution : executions) {
      execution.primitive.close();
      execution.arguments.close();
    }
    memories.forEach(memory::close);
    executions.clear();
    memories.clear();
  }
}
