package dev.quadstream.search;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Distances that trust a neighbour only where the trust is mutual: an image's k-reciprocal nearest
 * neighbours, widened by those of these neighbours, are its encoding, and two images are as far
 * apart as their encodings are by Jaccard's measure, mixed with the Euclidean distance. Source:
 * Zhong, Zheng, Cao and Li, "Re-ranking Person Re-identification with k-reciprocal Encoding", CVPR
 * 2017 (arXiv 1701.08398), with its k₁ = 20, k₂ = 6 and λ = 0.3.
 *
 * <p>It looks at all probes at once, so it is for evaluation alone: a service is asked one at a
 * time. Distances are computed in blocks, and of each image only the encoding is kept: some 2 kB,
 * 50 MB for the 23,100 images of Market-1501, beside a block of 32 MB.
 *
 * <p>Not thread-safe: it keeps a scratch array.
 */
public final class KReciprocalReRanking {

  /** k₁, k₂ and λ of the paper. */
  record Parameters(int neighbours, int expansion, double euclideanShare) {

    static final Parameters OF_THE_PAPER = new Parameters(20, 6, 0.3);
  }

  private final int firstOfGallery;
  private final Parameters parameters;
  private final float[] farthest;
  private final Encoding[] encodings;

  /** For each image, whose encodings it is in, and with which weight. */
  private final Encoding[] holders;

  private final double[] shared;

  /** Images in increasing order, each with its weight; all others weigh 0. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Encoding(int[] images, float[] weights) {

    static Encoding of(Map<Integer, Double> weights) {
      Encoding encoding = new Encoding(new int[weights.size()], new float[weights.size()]);
      int next = 0;
      for (Map.Entry<Integer, Double> entry : weights.entrySet()) {
        encoding.images[next] = entry.getKey();
        encoding.weights[next++] = entry.getValue().floatValue();
      }
      return encoding;
    }
  }

  /**
   * Encodes probes and gallery together.
   *
   * @param probes of the gallery's vector length
   * @param gallery one vector or more
   */
  public static KReciprocalReRanking of(float[][] probes, float[][] gallery) {
    float[][] all = Arrays.copyOf(probes, probes.length + gallery.length);
    System.arraycopy(gallery, 0, all, probes.length, gallery.length);
    return new KReciprocalReRanking(all, probes.length, Parameters.OF_THE_PAPER);
  }

  /** Encodes a set each of whose images is looked up among the others. */
  public static KReciprocalReRanking among(float[][] set) {
    return new KReciprocalReRanking(set, 0, Parameters.OF_THE_PAPER);
  }

  KReciprocalReRanking(float[][] all, int firstOfGallery, Parameters parameters) {
    this.firstOfGallery = firstOfGallery;
    this.parameters = parameters;
    this.farthest = new float[all.length];
    this.shared = new double[all.length];
    int[][] nearest = nearest(all, Math.max(parameters.neighbours() + 1, parameters.expansion()));
    Encoding[] own =
        IntStream.range(0, all.length)
            .mapToObj(image -> encoding(image, all, nearest))
            .toArray(Encoding[]::new);
    this.encodings =
        Arrays.stream(nearest)
            .map(rows -> mean(first(rows, parameters.expansion()), own))
            .toArray(Encoding[]::new);
    this.holders = holders(encodings);
  }

  /** Of each image the nearest, itself among them; notes how far the farthest is. */
  private int[][] nearest(float[][] all, int count) {
    SquaredDistances distances = new SquaredDistances(all);
    NearestFirst nearestFirst = new NearestFirst(all.length);
    float[][] block = new float[Math.min(distances.blockSize(), all.length)][all.length];
    int[] order = new int[all.length];
    int[][] nearest = new int[all.length][];
    for (int from = 0; from < all.length; from += block.length) {
      int to = Math.min(from + block.length, all.length);
      distances.fill(all, from, to, block);
      for (int image = from; image < to; image++) {
        Arrays.setAll(order, row -> row);
        nearestFirst.sort(block[image - from], order, order.length);
        farthest[image] = block[image - from][order[order.length - 1]];
        nearest[image] = first(order, count);
      }
    }
    return nearest;
  }

  private static int[] first(int[] rows, int count) {
    return Arrays.copyOf(rows, Math.min(count, rows.length));
  }

  /** Eq. 4 and 7: the widened neighbours, each by how near it is. */
  private Encoding encoding(int image, float[][] all, int[][] nearest) {
    int count = parameters.neighbours() + 1;
    // As the authors' own code rounds the half of k₁, ties to the even number.
    int half = (int) Math.rint(parameters.neighbours() / 2.0) + 1;
    int[] reciprocal = reciprocal(image, nearest, count);
    Map<Integer, Double> weights = new TreeMap<>();
    for (int row : reciprocal) {
      weights.put(row, 0.0);
    }
    for (int candidate : reciprocal) {
      int[] further = reciprocal(candidate, nearest, half);
      long common = Arrays.stream(further).filter(row -> contains(reciprocal, row)).count();
      if (common > 2.0 / 3 * further.length) {
        Arrays.stream(further).forEach(row -> weights.put(row, 0.0));
      }
    }
    weights.replaceAll((row, none) -> Math.exp(-scaled(squared(all[image], all[row]), image)));
    double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    weights.replaceAll((row, weight) -> weight / sum);
    return Encoding.of(weights);
  }

  /** Eq. 3: those of the nearest {@code count} that have the image among their own. */
  private static int[] reciprocal(int image, int[][] nearest, int count) {
    return Arrays.stream(first(nearest[image], count))
        .filter(row -> contains(first(nearest[row], count), image))
        .toArray();
  }

  private static boolean contains(int[] rows, int wanted) {
    return Arrays.stream(rows).anyMatch(row -> row == wanted);
  }

  private static double squared(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = one[i] - other[i];
      sum += difference * difference;
    }
    return sum;
  }

  private double scaled(double squared, int image) {
    return farthest[image] == 0 ? 0 : squared / farthest[image];
  }

  /** Eq. 11: local query expansion. */
  private static Encoding mean(int[] rows, Encoding[] own) {
    Map<Integer, Double> weights = new TreeMap<>();
    for (int row : rows) {
      for (int i = 0; i < own[row].images().length; i++) {
        weights.merge(
            own[row].images()[i], (double) own[row].weights()[i] / rows.length, Double::sum);
      }
    }
    return Encoding.of(weights);
  }

  private static Encoding[] holders(Encoding[] encodings) {
    int[] counts = new int[encodings.length];
    for (Encoding encoding : encodings) {
      Arrays.stream(encoding.images()).forEach(image -> counts[image]++);
    }
    Encoding[] holders =
        Arrays.stream(counts)
            .mapToObj(count -> new Encoding(new int[count], new float[count]))
            .toArray(Encoding[]::new);
    int[] taken = new int[encodings.length];
    for (int row = 0; row < encodings.length; row++) {
      for (int i = 0; i < encodings[row].images().length; i++) {
        int image = encodings[row].images()[i];
        holders[image].images()[taken[image]] = row;
        holders[image].weights()[taken[image]++] = encodings[row].weights()[i];
      }
    }
    return holders;
  }

  /**
   * The distances of a probe to the gallery's images: Eq. 10 and 12.
   *
   * @param probe its number, of a set {@link #among} its number in the set
   * @param squared its squared Euclidean distances to them
   * @return in [0, 1]
   */
  public float[] distances(int probe, float[] squared) {
    Arrays.fill(shared, 0);
    Encoding encoding = encodings[probe];
    for (int i = 0; i < encoding.images().length; i++) {
      Encoding holding = holders[encoding.images()[i]];
      for (int j = 0; j < holding.images().length; j++) {
        shared[holding.images()[j]] += Math.min(encoding.weights()[i], holding.weights()[j]);
      }
    }
    float[] distances = new float[squared.length];
    for (int image = 0; image < distances.length; image++) {
      double common = shared[firstOfGallery + image];
      // The weights of each encoding add up to 1.
      double jaccard = Math.max(0, 1 - common / (2 - common));
      distances[image] =
          (float)
              ((1 - parameters.euclideanShare()) * jaccard
                  + parameters.euclideanShare() * scaled(squared[image], probe));
    }
    return distances;
  }
}
