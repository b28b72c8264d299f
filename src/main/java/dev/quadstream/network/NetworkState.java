package dev.quadstream.network;

import java.util.Arrays;
import java.util.List;

/**
 * A network's trainable state at one moment, for checkpoints: with it, training goes on bit for bit
 * as if it had never stopped.
 *
 * <p>The arrays are not copied: {@link QuadrupletNetwork#state()} hands out fresh ones, and whoever
 * holds a state must not write to them. Who knows that a state is read no more can have its arrays
 * written over by the next copy.
 *
 * @param chains the trunk, then those of the pair head
 * @param iteration the number of updates so far; Adam's bias correction depends on it
 */
public record NetworkState(List<Chain> chains, int iteration) {

  private static final float[] NONE = new float[0];

  /** No chains at all: what a first copy has to write over. */
  public static final NetworkState EMPTY = new NetworkState(List.of(), 0);

  /**
   * What training changes in a chain of layers.
   *
   * @param name of the chain, unique in its network
   * @param parameters in Deeplearning4j's flattened order
   * @param updater the updater's state; empty where it keeps none
   */
  @SuppressWarnings("ArrayRecordComponent") // equality is by content, below
  public record Chain(String name, float[] parameters, float[] updater) {

    @Override
    public boolean equals(Object other) {
      return other instanceof Chain chain
          && name.equals(chain.name)
          && Arrays.equals(parameters, chain.parameters)
          && Arrays.equals(updater, chain.updater);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * name.hashCode() + Arrays.hashCode(parameters)) + Arrays.hashCode(updater);
    }

    @Override
    public String toString() {
      return "%s of %d parameters".formatted(name, parameters.length);
    }
  }

  public NetworkState {
    chains = List.copyOf(chains);
    if (iteration < 0) {
      throw new IllegalArgumentException("An iteration is 0 or more, not " + iteration + ".");
    }
    if (chains.stream().map(Chain::name).distinct().count() < chains.size()) {
      throw new IllegalArgumentException(
          "Each chain of a state has a name of its own, but they are: " + chains + ".");
    }
  }

  /**
   * The parameters of a chain, in Deeplearning4j's flattened order.
   *
   * @throws IllegalArgumentException if there is no such chain
   */
  public float[] parameters(String chain) {
    return required(chain).parameters();
  }

  /**
   * The updater's state of a chain; empty where it keeps none.
   *
   * @throws IllegalArgumentException if there is no such chain
   */
  public float[] updater(String chain) {
    return required(chain).updater();
  }

  private Chain required(String name) {
    return chains.stream()
        .filter(chain -> chain.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The state has no chain '%s', but: %s.".formatted(name, chains)));
  }

  /** A chain to write over; an empty one where there is none of that name. */
  Chain reusable(String name) {
    return chains.stream()
        .filter(chain -> chain.name().equals(name))
        .findFirst()
        .orElse(new Chain(name, NONE, NONE));
  }

  /** This updater state and iteration with the parameters of another. */
  public NetworkState withParameters(NetworkState other) {
    return new NetworkState(
        other.chains.stream()
            .map(
                chain ->
                    new Chain(chain.name(), chain.parameters(), reusable(chain.name()).updater()))
            .toList(),
        iteration);
  }

  /** The parameters without what the updater remembers, at iteration 0. */
  public NetworkState parametersAlone() {
    return new NetworkState(
        chains.stream().map(chain -> new Chain(chain.name(), chain.parameters(), NONE)).toList(),
        0);
  }
}
