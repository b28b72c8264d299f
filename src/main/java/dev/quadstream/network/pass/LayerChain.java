package dev.quadstream.network.pass;

import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Deeplearning4j network trained by gradients from outside.
 *
 * <p>Deeplearning4j defines the layers, draws the initial parameters, and holds parameters,
 * gradients and updater. The passes themselves are driven here, layer by layer into memory that is
 * kept: {@code feedForward} and {@code backpropGradient} allocate every array anew, compute each
 * layer's forward pass twice, and take the slow convolution. A test holds both to the same numbers.
 *
 * <p>A softmax at the end stays out of the passes: whoever owns the chain works on its logits.
 */
public final class LayerChain implements AutoCloseable {

  /**
   * Updates between two clean-ups of the updater's state: too few for a moment to fall from {@link
   * #NEGLIGIBLE} below the smallest normal number, 1e-38, by a factor of 0.9 each.
   */
  private static final int CLEAN_UP_EVERY = 64;

  /** Far below what moves a parameter: Adam adds 1e-8 to the root of the second moment. */
  private static final float NEGLIGIBLE = 1e-30f;

  private final String name;
  private final MultiLayerNetwork network;
  private final ChainPasses passes;
  private final int outputSize;

  /** Not there before the first update: who only embeds needs no state of it. */
  private SlicedUpdater updater;

  /**
   * Draws the initial parameters from the configuration's seed.
   *
   * @throws UnsupportedOperationException saying what is missing for bfloat16, where it is asked
   *     for
   */
  public LayerChain(ChainDefinition definition) {
    if (definition.brainFloat()) {
      BrainFloat.require();
    }
    this.name = definition.name();
    this.network = new MultiLayerNetwork(definition.configuration());
    network.init();
    ResidualStart.apply(network);
    OrthonormalStart.apply(network);
    network.initGradientsView();
    List<ChainLayer> layers = ChainLayer.of(network, definition.inputType());
    DataType dataType = network.params().dataType();
    this.passes =
        OneDnn.suits(dataType)
            ? new OneDnnPasses(layers, network.getFlattenedGradients(), definition)
            : new Nd4jPasses(layers, dataType);
    this.outputSize =
        Math.toIntExact(layers.get(layers.size() - 1).output().arrayElementsPerExample());
  }

  /** What states and files know the parameters by. */
  public String name() {
    return name;
  }

  /** Whether the passes call oneDNN. */
  public boolean runsThroughOneDnn() {
    return passes instanceof OneDnnPasses;
  }

  /** The network that defines and holds the parameters. */
  public MultiLayerNetwork network() {
    return network;
  }

  /** The number of values in one row of the output. */
  public int outputSize() {
    return outputSize;
  }

  /** The input's memory for a batch of this size; to be filled before {@link #forward}. */
  public INDArray input(int rows) {
    return passes.input(rows);
  }

  /**
   * The output for the first rows of the input, which are written on the way, each chunk's by the
   * thread that computes it; in memory that the next pass overwrites.
   *
   * @param writer writes into the memory of {@link #input}
   */
  public INDArray forward(int rows, RowWriter writer) {
    return passes.forward(rows, writer);
  }

  /** From now on {@link #maps} can be asked for. */
  public void keepMaps() {
    passes.keepMaps();
  }

  /**
   * What the last convolution gave at the last {@link #forward}, [rows][H·W·C], channels last, in
   * memory that the next pass overwrites. Where it is pooled, its rectifier may not have been
   * applied.
   */
  public INDArray maps(int rows) {
    return passes.maps(rows);
  }

  /**
   * Stores the gradient of all parameters at the last {@link #forward}.
   *
   * @param outputGradients dLoss/dOutput, row after row
   * @return dLoss/dInput; null for images, which nobody changes
   */
  public INDArray backward(double[] outputGradients) {
    return passes.backward(outputGradients);
  }

  /** The number of trained parameters. */
  public long parameterCount() {
    return network.numParams();
  }

  /** All parameters as one row, in Deeplearning4j's order; live memory. */
  public INDArray parameters() {
    return network.params();
  }

  /** The gradient of all parameters, in the order of {@link #parameters}; live memory. */
  public INDArray gradients() {
    return network.getFlattenedGradients();
  }

  /** A share of one step of the updater on the stored gradient, which is used up. */
  public void update(int iteration, double share) {
    if (updater == null) {
      updater = new SlicedUpdater(network);
    }
    updater.update(iteration, share);
    if (iteration % CLEAN_UP_EVERY == 0) {
      clearNegligibleState();
    }
  }

  /**
   * Moments of parameters that no longer get a gradient, as behind a rectifier that never opens,
   * decay into denormal numbers, with which every update is several times slower.
   */
  private void clearNegligibleState() {
    INDArray state = network.getUpdater().getStateViewArray();
    if (state != null) {
      NativeArrays.clearBelow(NEGLIGIBLE, state);
    }
  }

  /**
   * The updater's state; empty where it keeps none.
   *
   * @param reuse is overwritten and returned where it has the length of the state
   */
  public float[] updaterState(float[] reuse) {
    INDArray state = network.getUpdater().getStateViewArray();
    return state == null ? new float[0] : NativeArrays.floats(state, reuse);
  }

  /**
   * Checks that a state is of this chain's sizes.
   *
   * @throws IllegalArgumentException naming the chain and both sizes where it is not
   */
  public void requireFits(float[] parameters, float[] updaterState) {
    requireParameters(parameters);
    INDArray state = network.getUpdater().getStateViewArray();
    requireLength(name + " updater state", updaterState.length, state == null ? 0 : state.length());
  }

  /** The same for parameters alone. */
  public void requireParameters(float[] parameters) {
    requireLength(name + " parameters", parameters.length, parameterCount());
  }

  /** Sets parameters and updater state, which {@link #requireFits} has let pass. */
  public void restore(float[] parameters, float[] updaterState) {
    INDArray state = network.getUpdater().getStateViewArray();
    NativeArrays.write(parameters, parameters(), 0);
    if (state != null) {
      NativeArrays.write(updaterState, state, 0);
    }
  }

  /** Lets the updater forget what it remembers. */
  public void clearUpdater() {
    INDArray state = network.getUpdater().getStateViewArray();
    if (state != null) {
      state.assign(0);
    }
  }

  private static void requireLength(String what, long actual, long expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          ("The state holds %d values of %s, this network %d:"
                  + " it was taken of a network of another specification.")
              .formatted(actual, what, expected));
    }
  }

  /**
   * Lets the memory of the passes go; parameters, gradient and updater state go with the object.
   */
  @Override
  public void close() {
    passes.close();
    close(network.getUpdater().getStateViewArray());
    close(network.getFlattenedGradients());
    close(network.params());
  }

  // Not MultiLayerNetwork.close(): it collects garbage for the whole JVM and destroys the thread's
  // workspaces.
  private static void close(INDArray array) {
    if (array != null && !array.wasClosed()) {
      array.close();
    }
  }
}
