package dev.quadstream.network;

import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A running average of a network's parameters, which generalises better than the parameters of any
 * one step (Polyak and Juditsky 1992).
 *
 * <p>A network holds one set of parameters. This holds the other one, and {@link #exchange} swaps
 * the two, so that whoever has the network need not know of the average. At first both are the
 * network's own.
 *
 * <p>For a network in single precision; not thread-safe. Holds native memory: close it.
 */
public final class AveragedParameters implements AutoCloseable {

  private final QuadrupletNetwork network;
  private final List<LayerChain> chains;
  private final List<INDArray> held;

  /** Starts with the parameters that the network has now. */
  public AveragedParameters(QuadrupletNetwork network) {
    this.network = network;
    this.chains = network.chains();
    this.held = new ArrayList<>();
    for (LayerChain chain : chains) {
      held.add(chain.parameters().dup());
    }
  }

  /** Swaps what is held here and what the network has. A step under way is given up. */
  public void exchange() {
    for (int chain = 0; chain < chains.size(); chain++) {
      NativeArrays.exchange(held.get(chain), chains.get(chain).parameters());
    }
    network.forgetStep();
  }

  /**
   * Moves what is held towards what the network has.
   *
   * @param share of the way, 0 to 1
   */
  public void approach(double share) {
    for (int chain = 0; chain < chains.size(); chain++) {
      NativeArrays.approach((float) share, held.get(chain), chains.get(chain).parameters());
    }
  }

  /** A copy of what is held, without updater state, at iteration 0. */
  public NetworkState state() {
    return state(NetworkState.EMPTY);
  }

  /**
   * The same, written over an earlier copy.
   *
   * @param reuse a state that nobody reads any more; arrays of another size are left alone
   */
  public NetworkState state(NetworkState reuse) {
    List<NetworkState.Chain> copies = new ArrayList<>();
    for (int chain = 0; chain < chains.size(); chain++) {
      String name = chains.get(chain).name();
      copies.add(
          new NetworkState.Chain(
              name,
              NativeArrays.floats(held.get(chain), reuse.reusable(name).parameters()),
              new float[0]));
    }
    return new NetworkState(copies, 0);
  }

  /**
   * Holds the parameters of a state.
   *
   * @throws IllegalArgumentException where names or sizes show that it is of another network
   */
  public void restore(NetworkState state) {
    network.requireChains(state);
    for (LayerChain chain : chains) {
      chain.requireParameters(state.parameters(chain.name()));
    }
    for (int chain = 0; chain < chains.size(); chain++) {
      NativeArrays.write(state.parameters(chains.get(chain).name()), held.get(chain), 0);
    }
  }

  @Override
  public void close() {
    held.forEach(INDArray::close);
  }
}
