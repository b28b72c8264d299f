package dev.quadstream.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A second implementation of the measures, written for reading: one probe, one sorted list, and the
 * definitions as sums over that list.
 */
final class TestingNaiveRetrieval {

  private record Item(boolean positive, double distance, double reRanked, int index) {}

  final List<Integer> firstRanks = new ArrayList<>();
  final List<Double> averagePrecisions = new ArrayList<>();
  final List<Double> averagePrecisionsAtR = new ArrayList<>();
  final List<Double> inversePenalties = new ArrayList<>();
  final List<Double> intra = new ArrayList<>();
  final List<Double> inter = new ArrayList<>();
  int excluded;

  /** Asks one probe; {@code ignored} gallery images are as if they were not there. */
  void ask(
      float[] probe,
      String label,
      float[][] gallery,
      List<String> labels,
      boolean[] ignored,
      int nearest) {
    List<Item> ranking = new ArrayList<>();
    for (int index = 0; index < gallery.length; index++) {
      if (!ignored[index]) {
        double sum = 0;
        for (int dimension = 0; dimension < probe.length; dimension++) {
          sum += Math.pow((double) probe[dimension] - gallery[index][dimension], 2);
        }
        ranking.add(
            new Item(
                labels.get(index).equals(label),
                Math.sqrt(sum),
                TestingPairMetric.distance(probe, gallery[index]),
                index));
      }
    }
    ranking.sort(Comparator.comparingDouble(Item::distance).thenComparingInt(Item::index));
    ranking
        .subList(0, Math.min(nearest, ranking.size()))
        .sort(Comparator.comparingDouble(Item::reRanked));
    score(ranking);
  }

  private void score(List<Item> ranking) {
    long positives = ranking.stream().filter(Item::positive).count();
    if (positives == 0) {
      excluded++;
      return;
    }
    firstRanks.add(1 + ranking.indexOf(ranking.stream().filter(Item::positive).findFirst().get()));
    averagePrecisions.add(precisionSum(ranking) / positives);
    averagePrecisionsAtR.add(precisionSum(ranking.subList(0, (int) positives)) / positives);
    int last = ranking.size();
    while (!ranking.get(last - 1).positive()) {
      last--;
    }
    inversePenalties.add((double) positives / last);
    ranking.stream()
        .filter(Item::positive)
        .mapToDouble(Item::distance)
        .average()
        .ifPresent(intra::add);
    ranking.stream()
        .filter(item -> !item.positive())
        .mapToDouble(Item::distance)
        .average()
        .ifPresent(inter::add);
  }

  private static double precisionSum(List<Item> ranking) {
    double sum = 0;
    for (int rank = 1; rank <= ranking.size(); rank++) {
      if (ranking.get(rank - 1).positive()) {
        sum += (double) ranking.subList(0, rank).stream().filter(Item::positive).count() / rank;
      }
    }
    return sum;
  }

  double recallAt(int k) {
    return firstRanks.stream().mapToInt(rank -> rank <= k ? 1 : 0).average().orElseThrow();
  }

  static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
