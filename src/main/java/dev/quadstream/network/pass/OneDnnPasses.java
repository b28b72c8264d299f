package dev.quadstream.network.pass;

import dev.quadstream.network.environment.NativeThreads;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The passes through oneDNN, in single precision: convolutions and pooling, then dense layers.
 *
 * <p>What oneDNN executes is put together once for each size of batch, an {@link OneDnnPlan}, and
 * kept for the sizes used last. Activations stay in the layout that oneDNN prefers from one layer
 * to the next, the rectifier is part of the layer before it, and no gradient of an image is
 * computed.
 */
final class OneDnnPasses implements ChainPasses {

  /** A window, its batch, the memory's batches, and the last of those, which is shorter. */
  private static final int MOST_PLANS = 4;

  /**
   * What a plan is for.
   *
   * @param threads that its primitives divide the work among, which they keep to
   */
  private record Size(int rows, int threads) {
    static Size of(int rows) {
      return new Size(rows, NativeThreads.count());
    }
  }

  private final List<ChainLayer> layers;
  private final boolean readsImages;
  private final int outputSize;
  private final engine engine;
  private final stream stream;
  private final RowBuffer inputs;
  private final RowBuffer outputs;
  private final RowBuffer outputGradients;
  private final RowBuffer inputGradients;
  private final OneDnnBlocks blocks = new OneDnnBlocks();
  private final LinkedHashMap<Size, OneDnnPlan> plans = new LinkedHashMap<>(8, 0.75f, true);

  private int largestBatch;

  OneDnnPasses(List<ChainLayer> layers) {
    this.layers = layers;
    this.engine = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
    this.stream = new stream(engine);
    long[] inputShape = layers.get(0).inputShape();
    ChainLayer last = layers.get(layers.size() - 1);
    this.readsImages = inputShape.length > 1;
    this.outputSize = Math.toIntExact(last.output().arrayElementsPerExample());
    this.inputs = new RowBuffer(DataType.FLOAT, inputShape);
    this.outputs = new RowBuffer(DataType.FLOAT, outputSize);
    this.outputGradients = new RowBuffer(DataType.FLOAT, outputSize);
    this.inputGradients = new RowBuffer(DataType.FLOAT, inputShape);
  }

  @Override
  public INDArray input(int rows) {
    if (rows > largestBatch) {
      // Memory moves, and the plans hold its addresses.
      closePlans();
      inputs.rows(rows);
      outputs.rows(rows);
      outputGradients.rows(rows);
      largestBatch = rows;
    }
    return inputs.rows(rows);
  }

  @Override
  public INDArray forward(int rows) {
    Size size = Size.of(rows);
    OneDnnPlan plan = plans.get(size);
    if (plan == null) {
      plan = newPlan(rows);
      plans.put(size, plan);
    }
    plan.forward(stream);
    return outputs.rows(rows);
  }

  @Override
  public INDArray backward(double[] gradients) {
    int rows = gradients.length / outputSize;
    NativeArrays.write(gradients, outputGradients.rows(rows), 0);
    plans.get(Size.of(rows)).backward(stream);
    return readsImages ? null : inputGradients.rows(rows);
  }

  private OneDnnPlan newPlan(int rows) {
    Iterator<OneDnnPlan> leastUsedFirst = plans.values().iterator();
    while (plans.size() >= MOST_PLANS) {
      leastUsedFirst.next().close();
      leastUsedFirst.remove();
    }
    if (!readsImages) {
      inputGradients.rows(largestBatch);
    }
    return new OneDnnPlan(
        engine,
        blocks,
        layers,
        input(rows),
        outputs.rows(rows),
        outputGradients.rows(rows),
        readsImages ? null : inputGradients.rows(rows));
  }

  private void closePlans() {
    plans.values().forEach(OneDnnPlan::close);
    plans.clear();
    blocks.close();
  }

  @Override
  public void close() {
    closePlans();
    inputs.close();
    outputs.close();
    outputGradients.close();
    inputGradients.close();
    stream.close();
    engine.close();
  }
}
