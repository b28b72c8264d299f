package dev.quadstream.network;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.onnx.OnnxGraph;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The pair metric g of a network, whole: its training pass, its metric for inference, its own loss
 * beside that on g, and what it sees of an image. Its trained layers are the chains that its {@link
 * MetricKind} names, which the network updates, averages and stores with its own.
 *
 * <p>Another head is a class of this kind and a constant of {@link MetricKind}. For one thread at a
 * time.
 */
interface PairHead extends AutoCloseable {

  /**
   * What a head may see of the images of a training batch.
   *
   * @param pixels [N][C·H·W], values 0 to 1 in channel, row, column order
   * @param embeddings [N][E], unit length
   * @param maps [N][H·W·C], what the trunk's last convolution gives, channels last, before its
   *     rectifier or after; there if {@link #seesMaps}, and until the trunk's next pass
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  record Images(float[][] pixels, double[][] embeddings, Supplier<float[][]> maps) {}

  /**
   * g of each pair; what {@link #backward} needs is kept.
   *
   * @param images not to be changed before {@link #backward}
   * @param left row of the first image of each pair
   * @param right row of the second image of each pair
   * @return g in [0, 1], not squared
   */
  double[] forward(Images images, int[] left, int[] right);

  /**
   * The head's own loss on the pairs of the last {@link #forward}, whose gradient the next {@link
   * #backward} adds; 0 where it has none.
   *
   * @param samePairs so many pairs, the first ones, are of one class and the others of two; as many
   *     of those, the first ones, have the same left images
   * @param weight factor of the loss, 0 or more
   */
  double auxiliaryLoss(int samePairs, double weight);

  /**
   * Stores the gradient of the head's parameters at the last {@link #forward}.
   *
   * @param distanceGradients dLoss/dg of each pair
   * @return dLoss/dEmbedding [N][E]: each pair's share is added to both of its rows
   */
  double[][] backward(double[] distanceGradients);

  /**
   * What {@link #metric} sees of images: their embeddings, unless a head fuses earlier and makes
   * something of their pixels.
   *
   * @param pixels [C·H·W] of an image by its row, values 0 to 1; asked for only where needed
   * @param embeddings [N][E], unit length
   */
  default ImageFeatures features(IntFunction<float[]> pixels, float[][] embeddings) {
    return new UnitEmbeddings(embeddings);
  }

  /** g for inference with the parameters as they are now; later updates do not change it. */
  PairMetric metric();

  /** Whether it asks for feature maps, which the trunk then keeps. */
  default boolean seesMaps() {
    return false;
  }

  /**
   * What orders the nearest images of an index anew, with the parameters as they are now; empty
   * where that is {@link #metric}.
   */
  default Optional<PairMetric> reRanking() {
    return Optional.empty();
  }

  /**
   * What {@link #reRanking} sees of images.
   *
   * @param maps as of {@link Images}
   * @param embeddings [N][E], unit length
   */
  default ImageFeatures reRankingFeatures(Supplier<float[][]> maps, float[][] embeddings) {
    throw new UnsupportedOperationException("This pair metric re-ranks by what it is itself.");
  }

  /**
   * Adds the inputs {@code left} and {@code right}, what the head sees of the images of each pair,
   * and g with the parameters as they are now.
   *
   * @return the distances, [batch]
   */
  String addTo(OnnxGraph graph);

  @Override
  void close();
}
