package dev.quadstream.network.pass;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A chunk of every batch: the rows from one on, with activations of their own. For one thread at a
 * time, not always the same.
 *
 * <p>What oneDNN executes is put together once for each number of rows, an {@link OneDnnPlan}, and
 * kept for those used last: all but a batch's last chunk are full.
 */
final class OneDnnChunk implements AutoCloseable {

  private static final int MAX_PLANS = 4;

  private final OneDnnChain chain;
  private final stream stream;
  private final int firstRow;
  private final OneDnnBlocks blocks = new OneDnnBlocks();
  private final LinkedHashMap<Integer, OneDnnPlan> plans = new LinkedHashMap<>(8, 0.75f, true);

  private INDArray convolutionGradients;

  OneDnnChunk(OneDnnChain chain, int firstRow) {
    this.chain = chain;
    this.stream = new stream(chain.engine());
    this.firstRow = firstRow;
  }

  void forward(int rows) {
    OneDnnPlan plan = plans.get(rows);
    if (plan == null) {
      Iterator<OneDnnPlan> leastUsedFirst = plans.values().iterator();
      while (plans.size() >= MAX_PLANS) {
        leastUsedFirst.next().close();
        leastUsedFirst.remove();
      }
      plan = new OneDnnPlan(this, rows);
      plans.put(rows, plan);
    }
    plan.forward(stream);
  }

  void backward(int rows) {
    plans.get(rows).backward(stream);
  }

  OneDnnChain chain() {
    return chain;
  }

  OneDnnBlocks blocks() {
    return blocks;
  }

  int firstRow() {
    return firstRow;
  }

  /** The chunk's gradient of the convolutions' parameters, as one row in the chain's order. */
  INDArray convolutionGradients() {
    if (convolutionGradients == null) {
      convolutionGradients =
          Nd4j.createUninitializedDetached(
              DataType.FLOAT, 1, ChainLayer.convolutionParameters(chain.layers()));
    }
    return convolutionGradients;
  }

  @Override
  public void close() {
    plans.values().forEach(OneDnnPlan::close);
    plans.clear();
    blocks.close();
    stream.close();
    if (convolutionGradients != null) {
      convolutionGradients.close();
    }
  }
}
