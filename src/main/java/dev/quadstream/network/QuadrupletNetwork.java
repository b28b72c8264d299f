package dev.quadstream.network;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The deep quadruplet network: a trunk that turns an image into a unit-length embedding, and a pair
 * metric g on two embeddings (Chen, Chen, Zhang, Huang, "Beyond triplet loss: a deep quadruplet
 * network for person re-identification", CVPR 2017, with the two images fused late).
 *
 * <p>A training step is {@link #forward}, {@link #pairForward}, {@link #auxiliaryLoss}, {@link
 * #backward}, {@link #update}. The loss on g lies outside: see package {@code metric}.
 *
 * <p>Its parameters are in named chains of layers, the trunk's and those of its pair metric.
 *
 * <p>The trunk sees pixel values centred, (v − ½)·2 for v in [0, 1], or the features that a frozen
 * backbone made of the image.
 *
 * <p>For one thread at a time, not necessarily always the same. Holds native memory: close it, and
 * use it no more.
 */
public final class QuadrupletNetwork implements AutoCloseable {

  /** Images of one inference pass; bounds the memory whatever the length of the list. */
  static final int EMBED_BATCH = 128;

  private final NetworkSpec spec;
  private final List<LayerChain> chains;
  private final Trunk trunk;
  private final PairHead head;

  private PairHead.Images batch;
  private int iteration;
  private boolean pairsKept;
  private boolean gradientStored;

  QuadrupletNetwork(NetworkSpec spec, List<ChainDefinition> definitions) {
    this.spec = spec;
    this.chains = definitions.stream().map(LayerChain::new).toList();
    this.trunk = new Trunk(chains.get(0), spec);
    this.head = spec.metric().head(spec, chains.subList(1, chains.size()));
    if (head.seesMaps()) {
      trunk.chain().keepMaps();
    }
  }

  /** A network with the initial parameters of the specification's seed, in single precision. */
  public static QuadrupletNetwork create(NetworkSpec spec) {
    return create(spec, EmbeddingPrecision.SINGLE);
  }

  /**
   * The same with a trunk that computes so; in bfloat16 it only embeds.
   *
   * @throws UnsupportedOperationException saying what is missing for it
   */
  public static QuadrupletNetwork create(NetworkSpec spec, EmbeddingPrecision precision) {
    List<ChainDefinition> chains = new ArrayList<>(Configurations.chains(spec, DataType.FLOAT));
    if (precision == EmbeddingPrecision.BFLOAT16) {
      chains.set(0, chains.get(0).inBrainFloat());
    }
    return new QuadrupletNetwork(spec, chains);
  }

  /** What the network was made from. */
  public NetworkSpec spec() {
    return spec;
  }

  /** The number of trained parameters of all chains. */
  public long parameterCount() {
    return chains.stream().mapToLong(LayerChain::parameterCount).sum();
  }

  /**
   * The embeddings of any number of images. Discards what {@link #forward} kept.
   *
   * @param images of the specification's input shape, or features of its backbone; what are pixels
   *     goes through the backbone first, which must be among {@link Backbones}
   * @return one row an image, unit length
   * @throws IllegalArgumentException for an image of another shape, or one without usable features
   */
  public float[][] embed(List<? extends ImageContent> images) {
    requireShapes(images);
    return inBatches(contents(images), trunk::embed);
  }

  private static <T> float[][] inBatches(List<T> images, Function<List<T>, float[][]> pass) {
    List<float[]> rows = new ArrayList<>(images.size());
    for (int start = 0; start < images.size(); start += EMBED_BATCH) {
      int end = Math.min(start + EMBED_BATCH, images.size());
      rows.addAll(Arrays.asList(pass.apply(images.subList(start, end))));
    }
    return rows.toArray(new float[0][]);
  }

  /** What the trunk reads of images: of pixels behind a backbone their features. */
  public List<ImageContent> contents(List<? extends ImageContent> images) {
    return Backbones.contents(spec, images);
  }

  /** The same for images of strangers: nothing for one that a backbone makes nothing of. */
  public List<Optional<ImageContent>> readable(List<? extends ImageContent> images) {
    return Backbones.readable(spec, images);
  }

  private void requireShapes(List<? extends ImageContent> images) {
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i) instanceof PixelImage pixels && !pixels.shape().equals(spec.input())) {
        throw new IllegalArgumentException(
            "Image %d of %d has shape %s, but the network reads %s: resize it first."
                .formatted(i, images.size(), pixels.shape(), spec.input()));
      }
      if (images.get(i) instanceof BackboneFeatures features
          && (spec.backbone() == null || features.size() != spec.inputSize())) {
        throw new IllegalArgumentException(
            "Image %d of %d is %d features of a backbone, but the network reads %s."
                .formatted(i, images.size(), features.size(), inputText()));
      }
    }
  }

  private String inputText() {
    return spec.backbone() == null ? "pixels of " + spec.input() : spec.inputSize() + " features";
  }

  /**
   * The pair metric with the parameters as they are now; later updates do not change it. All
   * metrics of a network together are for one thread at a time.
   */
  public PairMetric metric() {
    return head.metric();
  }

  /**
   * What {@link #metric} sees of images that this network has embedded.
   *
   * @param images of the specification's input shape
   * @param embeddings theirs by {@link #embed} with the parameters as they are now
   */
  public ImageFeatures features(List<? extends ImageContent> images, float[][] embeddings) {
    return head.features(image -> images.get(image).values(), embeddings);
  }

  /**
   * What {@link #metric} sees of the images of the last {@link #forward}.
   *
   * @throws IllegalStateException if there was none
   */
  public ImageFeatures features() {
    if (batch == null) {
      throw new IllegalStateException("The features of a batch need a forward before them.");
    }
    return head.features(
        image -> batch.pixels()[image], UnitEmbeddings.toFloats(batch.embeddings()));
  }

  /**
   * What orders the nearest images of an index anew, where that is not {@link #metric}, with the
   * parameters as they are now. It sees what {@link #reRankingFeatures} makes of images.
   */
  public Optional<PairMetric> reRanking() {
    return head.reRanking();
  }

  /**
   * What {@link #reRanking} sees of images that this network has embedded. Discards what {@link
   * #forward} kept.
   *
   * @param images of the specification's input shape
   * @param embeddings theirs by {@link #embed} with the parameters as they are now
   * @throws UnsupportedOperationException where there is no such metric
   */
  public ImageFeatures reRankingFeatures(
      List<? extends ImageContent> images, float[][] embeddings) {
    return head.reRankingFeatures(() -> inBatches(images, trunk::maps), embeddings);
  }

  /**
   * The first part of a training step: the embeddings of a batch. Keeps the activations until
   * {@link #backward} or {@link #embed}.
   *
   * @param images [N][C·H·W], N ≥ 1, values 0 to 1 in channel, row, column order, or [N][F] of
   *     features; not to be changed before {@link #backward}
   * @return unit-length embeddings [N][E], not to be changed before {@link #backward}
   * @throws IllegalArgumentException for an empty batch or an image of another size
   */
  public double[][] forward(float[][] images) {
    if (images.length == 0) {
      throw new IllegalArgumentException("A training pass needs at least one image.");
    }
    for (int i = 0; i < images.length; i++) {
      if (images[i].length != spec.inputSize()) {
        throw new IllegalArgumentException(
            "Image %d of %d has %d values, but the network's input %s has %d."
                .formatted(i, images.length, images[i].length, inputText(), spec.inputSize()));
      }
    }
    forgetStep();
    batch = new PairHead.Images(images, trunk.forward(images), trunk::maps);
    return batch.embeddings();
  }

  /**
   * The distance g of pairs of the last {@link #forward}. May be called several times in a step;
   * {@link #backward} belongs to the last call.
   *
   * @param left row of the first image of each pair
   * @param right row of the second image of each pair; same length as {@code left}
   * @return g in [0, 1], not squared
   * @throws IllegalStateException if no {@link #forward} went before
   */
  public double[] pairForward(int[] left, int[] right) {
    if (batch == null) {
      throw new IllegalStateException("pairForward needs a forward before it.");
    }
    if (left.length != right.length) {
      throw new IllegalArgumentException(
          "Every pair has two rows, but there are %d left and %d right ones."
              .formatted(left.length, right.length));
    }
    gradientStored = false;
    pairsKept = true;
    return head.forward(batch, left, right);
  }

  /**
   * The pair metric's own loss on the pairs of the last {@link #pairForward}, such as the pair
   * softmax of the learned one, whose gradient {@link #backward} adds to that on g. 0 for a metric
   * that has none.
   *
   * @param samePairs so many pairs, the first ones, are of one class and the others of two; as many
   *     of those, the first ones, have the same left images
   * @param weight factor of the loss, 0 or more
   * @throws IllegalStateException if no {@link #pairForward} went before
   */
  public double auxiliaryLoss(int samePairs, double weight) {
    requirePairs("auxiliaryLoss");
    return head.auxiliaryLoss(samePairs, weight);
  }

  /**
   * Back from the pairs of the last {@link #pairForward} through pair metric, normalisation and
   * trunk. Stores the gradient of all parameters, summed over all roles that an image plays.
   *
   * @param distanceGradients dLoss/dg of each pair
   * @throws IllegalStateException if no {@link #pairForward} went before, or an {@link #embed} came
   *     between
   */
  public void backward(double[] distanceGradients) {
    requirePairs("backward");
    if (!trunk.keepsActivations()) {
      throw new IllegalStateException(
          "backward needs a forward before it, with no embed in between: both use the same"
              + " memory.");
    }
    trunk.backward(head.backward(distanceGradients));
    gradientStored = true;
  }

  private void requirePairs(String caller) {
    if (!pairsKept) {
      throw new IllegalStateException(caller + " needs a pairForward before it.");
    }
  }

  /**
   * The L2 norm of this step's gradient over all parameters; infinite or NaN where a gradient is.
   *
   * @throws IllegalStateException without a backward pass
   */
  public double gradientNorm() {
    requireGradient();
    double sum = 0;
    for (LayerChain chain : chains) {
      sum += NativeArrays.sumOfSquares(chain.gradients());
    }
    return Math.sqrt(sum);
  }

  /**
   * Whether every parameter is a finite number. A rectifier can swallow a NaN, so that neither
   * embeddings nor gradients show it.
   */
  public boolean parametersAreFinite() {
    return chains.stream()
        .allMatch(chain -> Double.isFinite(NativeArrays.sumOfSquares(chain.parameters())));
  }

  /**
   * Applies this step's gradient, each chain's through its updater, and counts the iteration.
   *
   * @param share of the learning rate, which may rise so: above 0, at most 1
   * @throws IllegalStateException without a backward pass since the last update
   */
  public void update(double share) {
    requireGradient();
    chains.forEach(chain -> chain.update(iteration, share));
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
   * @param reuse a state that nobody reads any more; arrays of another size are left alone
   */
  public NetworkState state(NetworkState reuse) {
    return new NetworkState(
        chains.stream().map(chain -> copy(chain, reuse.reusable(chain.name()))).toList(),
        iteration);
  }

  private static NetworkState.Chain copy(LayerChain chain, NetworkState.Chain reuse) {
    return new NetworkState.Chain(
        chain.name(),
        NativeArrays.floats(chain.parameters(), reuse.parameters()),
        chain.updaterState(reuse.updater()));
  }

  /** A copy of the parameters alone, without what the updater remembers, at iteration 0. */
  public NetworkState parametersAlone() {
    return new NetworkState(
        chains.stream()
            .map(
                chain ->
                    new NetworkState.Chain(
                        chain.name(), NativeArrays.floats(chain.parameters()), new float[0]))
            .toList(),
        0);
  }

  /**
   * Continues from a state: the steps that follow give the same bits as those that followed {@link
   * #state}.
   *
   * @param state of a network with the same {@link NetworkSpec#configHash} and updater
   * @throws IllegalArgumentException where names or sizes show that it is not
   */
  public void restore(NetworkState state) {
    requireChains(state);
    for (LayerChain chain : chains) {
      chain.requireFits(state.parameters(chain.name()), state.updater(chain.name()));
    }
    for (LayerChain chain : chains) {
      chain.restore(state.parameters(chain.name()), state.updater(chain.name()));
    }
    iteration = state.iteration();
    forgetStep();
  }

  /**
   * Starts anew from a state's parameters: the updater remembers nothing, at iteration 0.
   *
   * @throws IllegalArgumentException where names or sizes show that it is of another network
   */
  public void restart(NetworkState parameters) {
    setParameters(parameters);
    chains.forEach(LayerChain::clearUpdater);
    iteration = 0;
  }

  /**
   * Sets the parameters of every chain by its name and leaves updater state and iteration alone. A
   * step under way is given up.
   *
   * @throws IllegalArgumentException where names or sizes show that they are of another network
   */
  public void setParameters(NetworkState parameters) {
    requireChains(parameters);
    for (LayerChain chain : chains) {
      chain.requireParameters(parameters.parameters(chain.name()));
    }
    for (LayerChain chain : chains) {
      NativeArrays.write(parameters.parameters(chain.name()), chain.parameters(), 0);
    }
    forgetStep();
  }

  void requireChains(NetworkState state) {
    List<String> names = chains.stream().map(LayerChain::name).toList();
    List<String> given = state.chains().stream().map(NetworkState.Chain::name).toList();
    if (!given.equals(names)) {
      throw new IllegalArgumentException(
          "The state has the chains %s, but a network of the %s metric has %s: it was taken of another one."
              .formatted(given, spec.metric().optionName(), names));
    }
  }

  /** Whether training and embedding call oneDNN directly; double precision never does. */
  public boolean runsThroughOneDnn() {
    return trunk.chain().runsThroughOneDnn();
  }

  /** The layers with their parameters: the trunk, then those of the pair metric. */
  public List<LayerChain> chains() {
    return chains;
  }

  Trunk trunk() {
    return trunk;
  }

  PairHead head() {
    return head;
  }

  /** Gives a step up whose parameters have changed under it. */
  void forgetStep() {
    trunk.discardActivations();
    batch = null;
    pairsKept = false;
    gradientStored = false;
  }

  private void requireGradient() {
    if (!gradientStored) {
      throw new IllegalStateException(
          "No gradient is stored: a step is forward, pairForward, backward, and only then its"
              + " gradient can be read and applied, once.");
    }
  }

  @Override
  public void close() {
    forgetStep();
    head.close();
    chains.forEach(LayerChain::close);
  }
}
