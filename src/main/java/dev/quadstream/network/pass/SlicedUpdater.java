package dev.quadstream.network.pass;

import dev.quadstream.network.environment.NativeThreads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Deeplearning4j's updater of a network, applied to slices of its parameters at the same time: the
 * rule of a parameter knows no other one. The state is the network's own.
 */
final class SlicedUpdater {

  private static final int SLICE = 1 << 15;

  private record Slice(GradientUpdater<?> updater, INDArray gradient, INDArray parameters) {}

  private final List<Slice> slices = new ArrayList<>();

  /**
   * @throws IllegalArgumentException for a network of more than one updater
   */
  SlicedUpdater(MultiLayerNetwork network) {
    List<UpdaterBlock> blocks =
        ((BaseMultiLayerUpdater<?>) network.getUpdater()).getUpdaterBlocks();
    if (blocks.size() != 1) {
      throw new IllegalArgumentException(
          "The layers of a chain share one updater, but here are %d.".formatted(blocks.size()));
    }
    GradientUpdater<?> whole = blocks.get(0).getGradientUpdater();
    long length = network.numParams();
    for (long first = 0; first < length; first += SLICE) {
      long end = Math.min(first + SLICE, length);
      Map<String, INDArray> state = new HashMap<>();
      for (Map.Entry<String, INDArray> values : whole.getState().entrySet()) {
        state.put(values.getKey(), slice(values.getValue(), first, end));
      }
      slices.add(
          new Slice(
              whole.getConfig().instantiate(state, false),
              slice(network.getFlattenedGradients(), first, end),
              slice(network.params(), first, end)));
    }
  }

  private static INDArray slice(INDArray row, long first, long end) {
    return row.reshape(1, row.length()).get(NDArrayIndex.all(), NDArrayIndex.interval(first, end));
  }

  /** A share of one step on the gradient, which is used up. */
  void update(int iteration, double share) {
    NativeThreads.forEach(
        slices.size(),
        number -> {
          Slice slice = slices.get(number);
          slice.updater.applyUpdater(slice.gradient, iteration, 0);
          if (share != 1) {
            slice.gradient.muli(share);
          }
          slice.parameters.subi(slice.gradient);
        });
  }
}
