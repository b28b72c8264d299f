package dev.quadstream.cli.ablation;

import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconRenderer;
import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.ProbeScores;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.evaluation.ReRanking;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The drawings of one seed's held-out concepts; each is a probe, with all others as gallery. */
final class HeldOutIcons {

  private final List<PixelImage> images;
  private final List<String> labels;
  private final long seed;

  HeldOutIcons(IconCatalog catalog, IconRenderer renderer, List<String> concepts, long seed) {
    List<LabeledImage> drawings = new IconDataset(catalog, renderer, concepts).drawings();
    this.images = drawings.stream().map(LabeledImage::image).toList();
    this.labels = drawings.stream().map(LabeledImage::label).toList();
    this.seed = seed;
  }

  /** Measures the pixels themselves, scaled to unit length so that ½‖x − y‖ has its range. */
  Measurement ofRawPixels() {
    float[][] vectors = RawPixels.of(images);
    return new Measurement(
        found(Retrieval.byDistance(), vectors),
        null,
        distances(unitLength(vectors), new EuclideanMetric()));
  }

  /** Measures a network as it is now; with re-ranking where its metric is learned. */
  Measurement of(QuadrupletNetwork network, boolean reRanked) {
    float[][] vectors = network.embed(images);
    PairMetric metric = network.metric();
    return new Measurement(
        found(Retrieval.byDistance(), vectors),
        reRanked ? found(Retrieval.reRanked(ReRanking.by(metric)), vectors) : null,
        distances(vectors, metric));
  }

  private ClassDistances distances(float[][] vectors, PairMetric metric) {
    return ClassDistances.sample(
        LabeledVectors.of(vectors, labels), metric, labels.size(), Bootstrap.seeded(seed), seed);
  }

  /** 1 for each probe whose nearest image shows its concept and 0 for the others, by concept. */
  private double[][] found(Retrieval retrieval, float[][] vectors) {
    ProbeScores scores = retrieval.scoreLeaveOneOut(LabeledVectors.of(vectors, labels));
    if (scores.excludedProbes() > 0) {
      throw new IllegalStateException(
          "%d held-out drawings are the only ones of their concept; the catalog must draw each several times."
              .formatted(scores.excludedProbes()));
    }
    double[] found = scores.foundWithin(1);
    Map<String, Integer> sizes = new LinkedHashMap<>();
    labels.forEach(label -> sizes.merge(label, 1, Integer::sum));
    double[][] byConcept = new double[sizes.size()][];
    int next = 0;
    int concept = 0;
    // The drawings come concept after concept.
    for (int size : sizes.values()) {
      byConcept[concept] = new double[size];
      System.arraycopy(found, next, byConcept[concept], 0, size);
      next += size;
      concept++;
    }
    return byConcept;
  }

  private static float[][] unitLength(float[][] vectors) {
    float[][] unit = new float[vectors.length][];
    for (int row = 0; row < unit.length; row++) {
      double sum = 0;
      for (float value : vectors[row]) {
        sum += (double) value * value;
      }
      double norm = Math.sqrt(sum);
      unit[row] = new float[vectors[row].length];
      for (int index = 0; index < unit[row].length; index++) {
        unit[row][index] = (float) (vectors[row][index] / norm);
      }
    }
    return unit;
  }
}
