package dev.quadstream.training;

import dev.quadstream.network.NetworkState;
import dev.quadstream.network.NetworkState.Chain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What training leads to. The arrays are not copied, and nobody writes to them.
 *
 * @param iterate θ, which training goes on with
 * @param average its running average, which is published
 */
public record TrainedParameters(NetworkState iterate, NetworkState average) {

  /** Whether all of them are finite numbers. */
  public boolean areFinite() {
    return Stream.of(iterate, average)
        .flatMap(state -> state.chains().stream())
        .allMatch(chain -> areFinite(chain.parameters()));
  }

  private static boolean areFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /**
   * These moved as far as it is from one to another; the other itself where what there is to move
   * by is no finite number.
   */
  TrainedParameters movedBy(TrainedParameters from, TrainedParameters to) {
    if (!from.areFinite() || !areFinite()) {
      return to;
    }
    return new TrainedParameters(
        moved(iterate, from.iterate, to.iterate), moved(average, from.average, to.average));
  }

  private static NetworkState moved(NetworkState state, NetworkState from, NetworkState to) {
    List<Chain> chains = new ArrayList<>();
    for (Chain chain : state.chains()) {
      float[] start = from.parameters(chain.name());
      float[] end = to.parameters(chain.name());
      float[] moved =
          Arrays.equals(start, end) ? chain.parameters() : moved(chain.parameters(), start, end);
      chains.add(new Chain(chain.name(), moved, chain.updater()));
    }
    return new NetworkState(chains, state.iteration());
  }

  private static float[] moved(float[] values, float[] from, float[] to) {
    float[] moved = new float[values.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = (float) (values[i] + ((double) to[i] - from[i]));
    }
    return moved;
  }

  /**
   * The weighted mean, summed in double and in order; with one set of parameters, that very set.
   *
   * @param weights one each, 0 or more, with a sum above 0
   */
  static TrainedParameters mean(List<TrainedParameters> parameters, int[] weights) {
    return new TrainedParameters(
        meanOf(parameters.stream().map(TrainedParameters::iterate).toList(), weights),
        meanOf(parameters.stream().map(TrainedParameters::average).toList(), weights));
  }

  private static NetworkState meanOf(List<NetworkState> states, int[] weights) {
    if (states.size() == 1) {
      return states.get(0);
    }
    List<Chain> chains = new ArrayList<>();
    for (Chain chain : states.get(0).chains()) {
      List<float[]> arrays = states.stream().map(state -> state.parameters(chain.name())).toList();
      chains.add(new Chain(chain.name(), meanOfArrays(arrays, weights), new float[0]));
    }
    return new NetworkState(chains, 0);
  }

  private static float[] meanOfArrays(List<float[]> arrays, int[] weights) {
    double total = Arrays.stream(weights).sum();
    float[] mean = new float[arrays.get(0).length];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int s = 0; s < weights.length; s++) {
        sum += weights[s] * (double) arrays.get(s)[i];
      }
      mean[i] = (float) (sum / total);
    }
    return mean;
  }
}
