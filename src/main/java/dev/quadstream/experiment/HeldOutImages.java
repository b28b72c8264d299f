package dev.quadstream.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.digest.Sha256;
import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.ProbeScores;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.search.ReRanking;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The images of one seed's held-out classes, or of those that it streamed; each is a probe, with
 * all others as gallery.
 */
final class HeldOutImages {

  private final List<ImageContent> images;
  private final List<PixelImage> originals;
  private final List<String> labels;
  private final long seed;

  /**
   * Takes the images.
   *
   * @param held images class after class, at least two of each
   * @param seed of what is drawn to measure distances
   */
  HeldOutImages(List<LabeledImage> held, long seed) {
    this(held, held, seed);
  }

  /**
   * Takes the images in two sizes.
   *
   * @param held as the network reads them, class after class, at least two of each
   * @param originals the same images in the same order, as their pixels are compared
   * @param seed of what is drawn to measure distances
   */
  HeldOutImages(List<LabeledImage> held, List<LabeledImage> originals, long seed) {
    this.images = held.stream().map(LabeledImage::image).toList();
    this.originals = originals.stream().map(LabeledImage::pixels).toList();
    this.labels = held.stream().map(LabeledImage::label).toList();
    this.seed = seed;
  }

  /** Takes up classes and contents. */
  void digest(Sha256 digest) {
    for (int image = 0; image < images.size(); image++) {
      digest(labels.get(image), images.get(image), digest);
    }
  }

  static void digest(String label, ImageContent image, Sha256 digest) {
    byte[] text = label.getBytes(UTF_8);
    float[] values = image.values();
    ByteBuffer bytes =
        ByteBuffer.allocate(2 * Integer.BYTES + text.length + values.length * Float.BYTES);
    bytes.putInt(text.length).put(text).putInt(values.length).asFloatBuffer().put(values);
    digest.update(bytes.array(), bytes.capacity());
  }

  /** How many there are. */
  int size() {
    return images.size();
  }

  /** How many there are of each class, in the order in which the classes come. */
  Map<String, Integer> classSizes() {
    return sizes(labels);
  }

  /** How often each label is there. */
  static Map<String, Integer> sizes(List<String> labels) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    labels.forEach(label -> sizes.merge(label, 1, Integer::sum));
    return sizes;
  }

  /** Measures the pixels themselves, scaled to unit length so that ½‖x − y‖ has its range. */
  Measurement ofRawPixels() {
    float[][] vectors = RawPixels.of(originals);
    return new Measurement(
        found(Retrieval.byDistance(), LabeledVectors.of(vectors, labels)),
        null,
        distances(LabeledVectors.of(unitLength(vectors), labels), new EuclideanMetric()),
        null);
  }

  /** Of each class 1 for an image whose nearest by pixels shows its class, else 0. */
  Map<String, double[]> foundByPixels() {
    return found(Retrieval.byDistance(), LabeledVectors.of(RawPixels.of(originals), labels));
  }

  /** Of each class 1 for an image whose nearest by a network shows its class, else 0. */
  Map<String, double[]> foundBy(QuadrupletNetwork network) {
    return found(Retrieval.byDistance(), LabeledVectors.of(network.embed(images), labels));
  }

  /** Measures a network as it is now; with re-ranking where its metric orders otherwise. */
  Measurement of(QuadrupletNetwork network) {
    float[][] vectors = network.embed(images);
    PairMetric metric = network.metric();
    LabeledVectors set =
        LabeledVectors.of(vectors, labels).seenAs(network.features(images, vectors));
    return new Measurement(
        found(Retrieval.byDistance(), set),
        metric.ordersAsEmbeddings() ? null : found(Retrieval.reRanked(ReRanking.by(metric)), set),
        distances(set, metric),
        null);
  }

  private ClassDistances distances(LabeledVectors set, PairMetric metric) {
    return ClassDistances.sample(set, metric, labels.size(), Bootstrap.seeded(seed), seed);
  }

  /** 1 for each probe whose nearest image shows its class and 0 for the others, by class. */
  private Map<String, double[]> found(Retrieval retrieval, LabeledVectors set) {
    ProbeScores scores = retrieval.scoreLeaveOneOut(set);
    if (scores.excludedProbes() > 0) {
      throw new IllegalStateException(
          "%d held-out images are the only ones of their class; each class needs two."
              .formatted(scores.excludedProbes()));
    }
    double[] found = scores.foundWithin(1);
    Map<String, double[]> byClass = new LinkedHashMap<>();
    int next = 0;
    // The images come class after class.
    for (Map.Entry<String, Integer> ofClass : classSizes().entrySet()) {
      byClass.put(ofClass.getKey(), Arrays.copyOfRange(found, next, next + ofClass.getValue()));
      next += ofClass.getValue();
    }
    return byClass;
  }

  private static float[][] unitLength(float[][] vectors) {
    float[][] unit = new float[vectors.length][];
    for (int row = 0; row < unit.length; row++) {
      double sum = 0;
      for (float value : vectors[row]) {
        sum += (double) value * value;
      }
      // A picture that is all black stays so.
      double norm = sum == 0 ? 1 : Math.sqrt(sum);
      unit[row] = new float[vectors[row].length];
      for (int index = 0; index < unit[row].length; index++) {
        unit[row][index] = (float) (vectors[row][index] / norm);
      }
    }
    return unit;
  }
}
