package dev.quadstream.network.pass;

import dev.quadstream.network.environment.NativeThreads;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights in the layouts that oneDNN prefers, shared by the chunks of a pass and arranged anew
 * before it.
 */
final class OneDnnWeights implements AutoCloseable {

  private record Arranged(long address, memory memory, OneDnnProgram program) {}

  private final engine engine;
  private final stream stream;
  private final OneDnnBlocks blocks = new OneDnnBlocks();
  private final List<Arranged> arranged = new ArrayList<>();

  OneDnnWeights(engine engine) {
    this.engine = engine;
    this.stream = new stream(engine);
  }

  /** The weights in a layout; arranged here and now where no chunk has asked for it before. */
  synchronized memory in(INDArray weights, memory.desc plain, memory.desc wanted) {
    long address = weights.data().addressPointer().address();
    for (Arranged known : arranged) {
      if (known.address == address && known.memory.get_desc().equals(wanted)) {
        return known.memory;
      }
    }
    OneDnnProgram program =
        new OneDnnProgram(engine, blocks, 1 + arranged.size(), memory.data_type.f32);
    memory memory = program.inLayout(program.at(weights, plain), wanted);
    program.run(stream);
    arranged.add(new Arranged(address, memory, program));
    return memory;
  }

  /** Arranges them as they are now. */
  void arrange() {
    NativeThreads.forEach(arranged.size(), index -> arranged.get(index).program.run(stream));
  }

  /** Forgets what was arranged; the chunks that use it are closed. */
  void clear() {
    arranged.forEach(known -> known.program.close());
    arranged.clear();
    blocks.close();
  }

  @Override
  public void close() {
    clear();
    stream.close();
  }
}
