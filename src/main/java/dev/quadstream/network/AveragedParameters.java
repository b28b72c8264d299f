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
 * <p>A network has room for one set of parameters. This holds the other one, and {@link #exchange}
 * swaps the two, so that whoever has the network need not know of the average. At first both are
 * the network's own.
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
    this.chains =
        network.headChain() == null
            ? List.of(network.trunkChain())
            : List.of(network.trunkChain(), network.headChain());
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
   * @param room a state that nobody reads any more; arrays of another size are left alone
   */
  public NetworkState state(NetworkState room) {
    float[] none = new float[0];
    return new NetworkState(
        NativeArrays.floats(held.get(0), room.trunkParameters()),
        none,
        held.size() == 1 ? none : NativeArrays.floats(held.get(1), room.headParameters()),
        none,
        0);
  }

  /**
   * Holds the parameters of a state.
   *
   * @throws IllegalArgumentException where the sizes show that it is of another network
   */
  public void restore(NetworkState state) {
    network.trunkChain().requireParameters("trunk", state.trunkParameters());
    NativeArrays.write(state.trunkParameters(), held.get(0), 0);
    if (held.size() > 1) {
      network.headChain().requireParameters("pair head", state.headParameters());
      NativeArrays.write(state.headParameters(), held.get(1), 0);
    }
  }

  @Override
  public void close() {
    held.forEach(INDArray::close);
  }
}
