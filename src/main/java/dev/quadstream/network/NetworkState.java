package dev.quadstream.network;

import java.util.Arrays;

/**
 * A network's trainable state at one moment, for checkpoints: with it, training goes on bit for bit
 * as if it had never stopped.
 *
 * <p>The arrays are not copied: {@link QuadrupletNetwork#state()} hands out fresh ones, and whoever
 * holds a state must not write to them. Who knows that a state is read no more can have its arrays
 * written over by the next copy.
 *
 * @param trunkParameters the trunk's parameters, in Deeplearning4j's flattened order
 * @param trunkUpdater the trunk's updater state; empty where the updater keeps none
 * @param headParameters the pair head's parameters; empty for the Euclidean metric
 * @param headUpdater the pair head's updater state; empty where there is none
 * @param iteration the number of updates so far; Adam's bias correction depends on it
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record NetworkState(
    float[] trunkParameters,
    float[] trunkUpdater,
    float[] headParameters,
    float[] headUpdater,
    int iteration) {

  private static final float[] NONE = new float[0];

  /** No parameters at all: what a first copy has to write over. */
  public static final NetworkState EMPTY = new NetworkState(NONE, NONE, NONE, NONE, 0);

  public NetworkState {
    if (iteration < 0) {
      throw new IllegalArgumentException("An iteration is 0 or more, not " + iteration + ".");
    }
  }

  /** This updater state and iteration with the parameters of another. */
  public NetworkState withParameters(NetworkState other) {
    return new NetworkState(
        other.trunkParameters, trunkUpdater, other.headParameters, headUpdater, iteration);
  }

  /** The parameters without what the updater remembers, at iteration 0. */
  public NetworkState parametersAlone() {
    return new NetworkState(trunkParameters, NONE, headParameters, NONE, 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetworkState state
        && iteration == state.iteration
        && Arrays.equals(trunkParameters, state.trunkParameters)
        && Arrays.equals(trunkUpdater, state.trunkUpdater)
        && Arrays.equals(headParameters, state.headParameters)
        && Arrays.equals(headUpdater, state.headUpdater);
  }

  @Override
  public int hashCode() {
    int hash = Arrays.hashCode(trunkParameters);
    hash = 31 * hash + Arrays.hashCode(trunkUpdater);
    hash = 31 * hash + Arrays.hashCode(headParameters);
    hash = 31 * hash + Arrays.hashCode(headUpdater);
    return 31 * hash + iteration;
  }

  @Override
  public String toString() {
    return "NetworkState[%d + %d parameters, iteration %d]"
        .formatted(trunkParameters.length, headParameters.length, iteration);
  }
}
