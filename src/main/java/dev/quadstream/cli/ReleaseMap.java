package dev.quadstream.cli;

import dev.quadstream.evaluation.Compatibility;
import dev.quadstream.evaluation.VectorMap;
import dev.quadstream.kafka.EmbeddingMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * From the vectors of an earlier release to those of the one that is served, with what it is worth.
 *
 * @param map fitted to images that both releases have embedded
 * @param fitted on how many
 * @param measured on how many others: each looked up by its own vector
 * @param fresh recall@1 among the others' own vectors; NaN where no class has two, or all are of
 *     one
 * @param mapped recall@1 among the others' mapped vectors
 */
record ReleaseMap(VectorMap map, int fitted, int measured, double fresh, double mapped) {

  /** Of the images under both, one in so many is left out of the fit, to measure with. */
  private static final int HELD_OUT = 4;

  /** Pairs for each of the vector's dimensions; with fewer the map fits their noise. */
  private static final int PAIRS_A_DIMENSION = 4;

  /** The map, or nothing where too few images are known under both. */
  static Optional<ReleaseMap> of(Collection<KnownEmbeddings.Pair> pairs) {
    List<KnownEmbeddings.Pair> fit = new ArrayList<>();
    List<KnownEmbeddings.Pair> test = new ArrayList<>();
    for (KnownEmbeddings.Pair pair : pairs) {
      if (pair.earlier().vector().length == pair.now().vector().length) {
        // By its id and not by its place, so that the same images are left out each time.
        boolean heldOut =
            pair.now().label() != null && Math.floorMod(pair.now().id().hashCode(), HELD_OUT) == 0;
        (heldOut ? test : fit).add(pair);
      }
    }
    if (fit.isEmpty() || fit.size() < PAIRS_A_DIMENSION * fit.get(0).now().vector().length) {
      return Optional.empty();
    }
    VectorMap map =
        VectorMap.fit(
            vectors(fit, KnownEmbeddings.Pair::earlier), vectors(fit, KnownEmbeddings.Pair::now));
    float[][] now = vectors(test, KnownEmbeddings.Pair::now);
    float[][] mapped =
        test.stream().map(pair -> map.apply(pair.earlier().vector())).toArray(float[][]::new);
    return Optional.of(
        new ReleaseMap(
            map, fit.size(), test.size(), recall(test, now, now), recall(test, mapped, now)));
  }

  private static float[][] vectors(
      List<KnownEmbeddings.Pair> pairs, Function<KnownEmbeddings.Pair, EmbeddingMessage> which) {
    return pairs.stream().map(pair -> which.apply(pair).vector()).toArray(float[][]::new);
  }

  private static double recall(
      List<KnownEmbeddings.Pair> pairs, float[][] gallery, float[][] probes) {
    List<String> labels = pairs.stream().map(pair -> pair.now().label()).toList();
    long classes = labels.stream().distinct().count();
    return classes < 2 || classes == labels.size()
        ? Double.NaN
        : Compatibility.recall(gallery, probes, labels);
  }
}
