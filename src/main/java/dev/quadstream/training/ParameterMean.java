package dev.quadstream.training;

import dev.quadstream.network.NetworkState;
import dev.quadstream.network.NetworkState.Chain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The weighted mean of what replicas bring, summed in double and in their order, block by block, so
 * that beside the mean only a block is held.
 */
final class ParameterMean {

  private final List<ParameterReader> replicas;
  private final int[] weights;
  private final double total;
  private final ParameterBlock block = new ParameterBlock();
  private final double[] iterateSum = new double[ParameterBlock.VALUES];
  private final double[] averageSum = new double[ParameterBlock.VALUES];

  /**
   * A mean of what is read from here on.
   *
   * @param weights one for each replica, 0 or more, with a sum above 0
   */
  ParameterMean(List<ParameterReader> replicas, int[] weights) {
    this.replicas = replicas;
    this.weights = weights;
    this.total = Arrays.stream(weights).sum();
  }

  /** Of the ends of the round. */
  TrainedParameters ofEnds() {
    return of(ParameterBlock::iterate, ParameterBlock::average);
  }

  /** Of the starts of the round. */
  TrainedParameters ofStarts() {
    return of(ParameterBlock::startIterate, ParameterBlock::startAverage);
  }

  private TrainedParameters of(
      Function<ParameterBlock, float[]> iterates, Function<ParameterBlock, float[]> averages) {
    List<Chain> iterate = new ArrayList<>();
    List<Chain> average = new ArrayList<>();
    for (Map.Entry<String, Integer> chain : replicas.get(0).lengths().entrySet()) {
      float[] meanIterate = new float[chain.getValue()];
      float[] meanAverage = new float[chain.getValue()];
      for (int start = 0; start < meanIterate.length; start += ParameterBlock.VALUES) {
        int count = Math.min(ParameterBlock.VALUES, meanIterate.length - start);
        sum(iterates, averages, count);
        divide(iterateSum, iterates.apply(block), meanIterate, start, count);
        divide(averageSum, averages.apply(block), meanAverage, start, count);
      }
      iterate.add(new Chain(chain.getKey(), meanIterate, new float[0]));
      average.add(new Chain(chain.getKey(), meanAverage, new float[0]));
    }
    return new TrainedParameters(new NetworkState(iterate, 0), new NetworkState(average, 0));
  }

  private void sum(
      Function<ParameterBlock, float[]> iterates,
      Function<ParameterBlock, float[]> averages,
      int count) {
    Arrays.fill(iterateSum, 0, count, 0);
    Arrays.fill(averageSum, 0, count, 0);
    for (int s = 0; s < weights.length; s++) {
      replicas.get(s).read(block, count);
      add(weights[s], iterates.apply(block), iterateSum, count);
      add(weights[s], averages.apply(block), averageSum, count);
    }
  }

  private static void add(int weight, float[] values, double[] sum, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += weight * (double) values[i];
    }
  }

  /** Of one replica, its very values. */
  private void divide(double[] sum, float[] last, float[] mean, int start, int count) {
    if (weights.length == 1) {
      System.arraycopy(last, 0, mean, start, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      mean[start + i] = (float) (sum[i] / total);
    }
  }
}
