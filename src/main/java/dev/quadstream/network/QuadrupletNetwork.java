package dev.quadstream.network;

import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The deep quadruplet network: a trunk that turns an image into a unit-length embedding, and a pair
 * metric g on two embeddings (Chen, Chen, Zhang, Huang, "Beyond triplet loss: a deep quadruplet
 * network for person re-identification", CVPR 2017, with the two images fused late).
 *
 * <p>A training step is {@link #forward}, {@link #pairForward}, {@link #pairBackward}, {@link
 * #backward}, {@link #update}. The loss on g lies outside: see package {@code metric}.
 *
 * <p>The trunk sees pixel values centred, (v − ½)·2 for v in [0, 1].
 *
 * <p>For one thread at a time, not necessarily always the same. Holds native memory: close it, and
 * use it no more.
 */
public final class QuadrupletNetwork implements AutoCloseable {

  /** Images of one inference pass; bounds the memory whatever the length of the list. */
  static final int EMBED_BATCH = 128;

  private final NetworkSpec spec;
  private final Trunk trunk;
  private final LayerChain head;
  private final PairPass pairs;
  private final LearnedMetric.Memory metricMemory;

  private int iteration;
  private boolean pairsKept;
  private boolean trunkGradientStored;
  private boolean headGradientStored;

  private QuadrupletNetwork(
      NetworkSpec spec, MultiLayerConfiguration trunkConfiguration, DataType dataType) {
    this.spec = spec;
    this.trunk = new Trunk(trunkConfiguration, spec.input());
    this.metricMemory = LearnedMetric.Memory.ofEmbeddingSize(spec.embeddingSize());
    if (spec.metric() == MetricKind.EUCLIDEAN) {
      this.head = null;
      this.pairs = new EuclideanPairPass();
      return;
    }
    this.head =
        new LayerChain(
            Configurations.head(spec, dataType),
            InputType.feedForward(PairFeatures.size(spec.embeddingSize())));
    this.pairs = new LearnedPairPass(head);
  }

  /** A network with the initial parameters of the specification's seed, in single precision. */
  public static QuadrupletNetwork create(NetworkSpec spec) {
    return withTrunk(spec, Configurations.trunk(spec, DataType.FLOAT), DataType.FLOAT);
  }

  /**
   * The same in double precision, for comparing gradients with finite differences. Slow, and {@link
   * #state} rounds: not for training.
   */
  public static QuadrupletNetwork createInDouble(NetworkSpec spec) {
    return withTrunk(spec, Configurations.trunk(spec, DataType.DOUBLE), DataType.DOUBLE);
  }

  /** With another trunk than the specification's, for tests on tiny ones. */
  static QuadrupletNetwork withTrunk(
      NetworkSpec spec, MultiLayerConfiguration trunkConfiguration, DataType dataType) {
    return new QuadrupletNetwork(spec, trunkConfiguration, dataType);
  }

  /** What the network was made from. */
  public NetworkSpec spec() {
    return spec;
  }

  /** The number of trained parameters, trunk and head. */
  public long parameterCount() {
    return trunk.chain().parameterCount() + (head == null ? 0 : head.parameterCount());
  }

  /**
   * The embeddings of any number of images. Discards what {@link #forward} kept. Many images are
   * embedded with all native threads, whatever the calling thread's {@link NativeThreads#share}.
   *
   * @param images of the specification's input shape
   * @return one row an image, unit length
   * @throws IllegalArgumentException for an image of another shape
   */
  public float[][] embed(List<PixelImage> images) {
    requireShapes(images);
    return images.size() > EMBED_BATCH
        ? NativeThreads.all(() -> embedInBatches(images))
        : embedInBatches(images);
  }

  private void requireShapes(List<PixelImage> images) {
    for (int i = 0; i < images.size(); i++) {
      if (!images.get(i).shape().equals(spec.input())) {
        throw new IllegalArgumentException(
            "Image %d of %d has shape %s, but the network reads %s: resize it first."
                .formatted(i, images.size(), images.get(i).shape(), spec.input()));
      }
    }
  }

  private float[][] embedInBatches(List<PixelImage> images) {
    List<float[]> embeddings = new ArrayList<>(images.size());
    for (int start = 0; start < images.size(); start += EMBED_BATCH) {
      int end = Math.min(start + EMBED_BATCH, images.size());
      embeddings.addAll(Arrays.asList(trunk.embed(images.subList(start, end))));
    }
    return embeddings.toArray(new float[0][]);
  }

  /**
   * The pair metric with the parameters as they are now; later updates do not change it. All
   * metrics of a network together are for one thread at a time.
   */
  public PairMetric metric() {
    return head == null ? new EuclideanMetric() : new LearnedMetric(head, metricMemory);
  }

  /**
   * The first half of a training step: the embeddings of a batch. Keeps the activations until
   * {@link #backward} or {@link #embed}.
   *
   * @param images [N][C·H·W], N ≥ 1, values 0 to 1 in channel, row, column order
   * @return unit-length embeddings [N][E]
   * @throws IllegalArgumentException for an empty batch or an image of another size
   */
  public double[][] forward(float[][] images) {
    if (images.length == 0) {
      throw new IllegalArgumentException("A training pass needs at least one image.");
    }
    for (int i = 0; i < images.length; i++) {
      if (images[i].length != spec.input().size()) {
        throw new IllegalArgumentException(
            "Image %d of %d has %d values, but the network's input %s has %d."
                .formatted(i, images.length, images[i].length, spec.input(), spec.input().size()));
      }
    }
    trunkGradientStored = false;
    return trunk.forward(images);
  }

  /**
   * The distance g of each pair. May be called several times in a step; {@link #pairBackward}
   * belongs to the last call.
   *
   * @param embeddings unit-length rows [N][E], not to be changed before {@link #pairBackward}
   * @param left row of the first image of each pair
   * @param right row of the second image of each pair; same length as {@code left}
   * @return g in [0, 1], not squared
   */
  public double[] pairForward(double[][] embeddings, int[] left, int[] right) {
    if (embeddings.length == 0) {
      throw new IllegalArgumentException("Pairs need at least one embedding.");
    }
    if (left.length != right.length) {
      throw new IllegalArgumentException(
          "Every pair has two rows, but there are %d left and %d right ones."
              .formatted(left.length, right.length));
    }
    for (double[] embedding : embeddings) {
      requireEmbeddingSize(embedding.length);
    }
    pairsKept = true;
    headGradientStored = false;
    return pairs.forward(embeddings, left, right);
  }

  /**
   * Back through the pair metric of the last {@link #pairForward}. Stores the head's parameter
   * gradient.
   *
   * @param distanceGradients dLoss/dg of each pair
   * @param logitGradients further dLoss/dz of each pair, where g = σ(z) and z = logit(dissimilar) −
   *     logit(similar): for a cross-entropy, whose gradient by z stays finite where that by g does
   *     not. Null or all zero for none; the Euclidean metric has no z
   * @return dLoss/dEmbedding [N][E], summed over all roles that an embedding plays in the pairs
   * @throws IllegalArgumentException for another number of gradients than pairs, or a logit
   *     gradient under the Euclidean metric
   * @throws IllegalStateException if no {@link #pairForward} went before
   */
  public double[][] pairBackward(double[] distanceGradients, double[] logitGradients) {
    if (!pairsKept) {
      throw new IllegalStateException("pairBackward needs a pairForward before it.");
    }
    double[][] gradients = pairs.backward(distanceGradients, logitGradients);
    headGradientStored = true;
    return gradients;
  }

  /**
   * Back through normalisation and trunk for the batch of the last {@link #forward}. Stores the
   * trunk's parameter gradient.
   *
   * @param embeddingGradients dLoss/dEmbedding [N][E]
   * @throws IllegalStateException if no {@link #forward} went before, or an {@link #embed} came
   *     between
   */
  public void backward(double[][] embeddingGradients) {
    if (!trunk.keepsActivations()) {
      throw new IllegalStateException(
          "backward needs a forward before it, with no embed in between: both use the same memory.");
    }
    if (embeddingGradients.length != trunk.batchSize()) {
      throw new IllegalArgumentException(
          "The batch has %d images, but there are gradients for %d."
              .formatted(trunk.batchSize(), embeddingGradients.length));
    }
    for (double[] gradient : embeddingGradients) {
      requireEmbeddingSize(gradient.length);
    }
    trunk.backward(embeddingGradients);
    trunkGradientStored = true;
  }

  /**
   * The L2 norm of this step's gradient over the parameters of trunk and head; infinite or NaN
   * where a gradient is.
   *
   * @throws IllegalStateException without both backward passes
   */
  public double gradientNorm() {
    requireGradients();
    double sum = NativeArrays.sumOfSquares(trunk.chain().gradients());
    if (head != null) {
      sum += NativeArrays.sumOfSquares(head.gradients());
    }
    return Math.sqrt(sum);
  }

  /**
   * Whether every parameter is a finite number. A rectifier can swallow a NaN, so that neither
   * embeddings nor gradients show it.
   */
  public boolean parametersAreFinite() {
    return Double.isFinite(trunk.chain().parameters().norm2Number().doubleValue())
        && (head == null || Double.isFinite(head.parameters().norm2Number().doubleValue()));
  }

  /**
   * Applies this step's gradient, trunk and head each through their updater, and counts the
   * iteration.
   *
   * @throws IllegalStateException without both backward passes since the last update
   */
  public void update() {
    update(1);
  }

  /**
   * Applies a share of the step that {@link #update()} takes, for a learning rate that rises.
   *
   * @param share above 0, at most 1
   * @throws IllegalStateException without both backward passes since the last update
   */
  public void update(double share) {
    requireGradients();
    trunk.chain().update(iteration, share);
    if (head != null) {
      head.update(iteration, share);
    }
    iteration++;
    forgetStep();
  }

  /** The number of updates so far. */
  public int iteration() {
    return iteration;
  }

  /** A copy of everything that training changes. */
  public NetworkState state() {
    return state(NetworkState.EMPTY);
  }

  /**
   * The same, written over an earlier copy: to find memory for 60 million parameters takes the heap
   * longer than to copy them.
   *
   * @param room a state that nobody reads any more; arrays of another size are left alone
   */
  public NetworkState state(NetworkState room) {
    return new NetworkState(
        NativeArrays.floats(trunk.chain().parameters(), room.trunkParameters()),
        trunk.chain().updaterState(room.trunkUpdater()),
        head == null ? new float[0] : NativeArrays.floats(head.parameters(), room.headParameters()),
        head == null ? new float[0] : head.updaterState(room.headUpdater()),
        iteration);
  }

  /** A copy of the parameters alone, without what the updater remembers, at iteration 0. */
  public NetworkState parametersAlone() {
    return new NetworkState(
        NativeArrays.floats(trunk.chain().parameters()),
        new float[0],
        head == null ? new float[0] : NativeArrays.floats(head.parameters()),
        new float[0],
        0);
  }

  /**
   * Continues from a state: the steps that follow give the same bits as those that followed {@link
   * #state}.
   *
   * @param state of a network with the same {@link NetworkSpec#configHash} and updater
   * @throws IllegalArgumentException where the sizes show that it is not
   */
  public void restore(NetworkState state) {
    float[] noHead = new float[0];
    if (head == null
        && !(Arrays.equals(state.headParameters(), noHead)
            && Arrays.equals(state.headUpdater(), noHead))) {
      throw new IllegalArgumentException(
          "The state has a pair head of %d parameters, but the Euclidean metric has none."
              .formatted(state.headParameters().length));
    }
    trunk.chain().requireFits("trunk", state.trunkParameters(), state.trunkUpdater());
    if (head != null) {
      head.requireFits("pair head", state.headParameters(), state.headUpdater());
      head.restore(state.headParameters(), state.headUpdater());
    }
    trunk.chain().restore(state.trunkParameters(), state.trunkUpdater());
    iteration = state.iteration();
    forgetStep();
  }

  /** A copy of all parameters, the trunk's before the head's. */
  public double[] parameters() {
    double[] ofTrunk = NativeArrays.doubles(trunk.chain().parameters());
    return head == null ? ofTrunk : concatenated(ofTrunk, NativeArrays.doubles(head.parameters()));
  }

  /**
   * Sets all parameters and leaves updater state and iteration alone. A step under way is given up.
   *
   * @param parameters {@link #parameterCount} values in the order of {@link #parameters}
   */
  public void setParameters(double[] parameters) {
    if (parameters.length != parameterCount()) {
      throw new IllegalArgumentException(
          "The network has %d parameters, not %d.".formatted(parameterCount(), parameters.length));
    }
    int ofTrunk = Math.toIntExact(trunk.chain().parameterCount());
    NativeArrays.write(Arrays.copyOfRange(parameters, 0, ofTrunk), trunk.chain().parameters(), 0);
    if (head != null) {
      NativeArrays.write(
          Arrays.copyOfRange(parameters, ofTrunk, parameters.length), head.parameters(), 0);
    }
    forgetStep();
  }

  /**
   * Takes over the trunk's parameters of another network of the same specification, which is enough
   * to embed as it does.
   */
  public void copyTrunkOf(QuadrupletNetwork other) {
    trunk.chain().parameters().assign(other.trunk.chain().parameters());
    forgetStep();
  }

  /** Those of trunk and head, each of the right length; the head's are empty without one. */
  public void setParameters(float[] ofTrunk, float[] ofHead) {
    NativeArrays.write(ofTrunk, trunk.chain().parameters(), 0);
    if (head != null) {
      NativeArrays.write(ofHead, head.parameters(), 0);
    }
    forgetStep();
  }

  /**
   * A copy of this step's gradient, in the order of {@link #parameters}.
   *
   * @throws IllegalStateException without both backward passes
   */
  public double[] gradients() {
    requireGradients();
    double[] ofTrunk = NativeArrays.doubles(trunk.chain().gradients());
    return head == null ? ofTrunk : concatenated(ofTrunk, NativeArrays.doubles(head.gradients()));
  }

  /** Whether training and embedding call oneDNN directly; double precision never does. */
  public boolean runsThroughOneDnn() {
    return trunk.chain().runsThroughOneDnn();
  }

  /** The trunk's layers. */
  public LayerChain trunkChain() {
    return trunk.chain();
  }

  /** The pair head; null for the Euclidean metric. */
  public LayerChain headChain() {
    return head;
  }

  /** Gives a step up whose parameters have changed under it. */
  void forgetStep() {
    trunk.discardActivations();
    pairsKept = false;
    trunkGradientStored = false;
    headGradientStored = false;
  }

  private void requireGradients() {
    if (!trunkGradientStored || (head != null && !headGradientStored)) {
      throw new IllegalStateException(
          "No gradient is stored: a step is forward, pairForward, pairBackward, backward, and only"
              + " then its gradient can be read and applied, once.");
    }
  }

  private void requireEmbeddingSize(int size) {
    if (size != spec.embeddingSize()) {
      throw new IllegalArgumentException(
          "An embedding has %d values, not %d.".formatted(spec.embeddingSize(), size));
    }
  }

  private static double[] concatenated(double[] first, double[] second) {
    double[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Override
  public void close() {
    trunk.close();
    metricMemory.close();
    if (head != null) {
      head.close();
    }
  }
}
