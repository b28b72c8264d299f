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
    return movedBy(from, to, false);
  }

  /** The same, written over these, which must be nobody else's: they are most of what it takes. */
  TrainedParameters overwrittenBy(TrainedParameters from, TrainedParameters to) {
    return movedBy(from, to, true);
  }

  private TrainedParameters movedBy(
      TrainedParameters from, TrainedParameters to, boolean overwrite) {
    if (!from.areFinite() || !areFinite()) {
      return to;
    }
    return new TrainedParameters(
        moved(iterate, from.iterate, to.iterate, overwrite),
        moved(average, from.average, to.average, overwrite));
  }

  private static NetworkState moved(
      NetworkState state, NetworkState from, NetworkState to, boolean overwrite) {
    List<Chain> chains = new ArrayList<>();
    for (Chain chain : state.chains()) {
      float[] start = from.parameters(chain.name());
      float[] end = to.parameters(chain.name());
      float[] moved = chain.parameters();
      if (!Arrays.equals(start, end)) {
        moved = overwrite ? moved : moved.clone();
        move(moved, start, end);
      }
      chains.add(new Chain(chain.name(), moved, chain.updater()));
    }
    return new NetworkState(chains, state.iteration());
  }

  private static void move(float[] values, float[] from, float[] to) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] + ((double) to[i] - from[i]));
    }
  }
}
