package dev.quadstream.serve.state;

import dev.quadstream.search.ExactSearch;
import dev.quadstream.serve.state.MapSummary.Confusion;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which classes of a frame are taken for which, by nearest neighbour. */
public final class Confusions {

  private final MapFrame frame;
  private final int[] nearest;

  public Confusions(MapFrame frame) {
    this.frame = frame;
    this.nearest = nearestOfEach(frame.embeddings());
  }

  /** Leave-one-out recall@1 of the images that have another of their class; null without any. */
  public Double recallAt1() {
    Map<String, Integer> sizes = new HashMap<>();
    frame.images().forEach(image -> sizes.merge(image.label(), 1, Integer::sum));
    int tested = 0;
    int correct = 0;
    for (int row = 0; row < nearest.length; row++) {
      if (sizes.get(label(row)) > 1) {
        tested++;
        correct += label(row).equals(label(nearest[row])) ? 1 : 0;
      }
    }
    return tested == 0 ? null : (Double) ((double) correct / tested);
  }

  /** The most frequent ones first. */
  public List<Confusion> most(int count) {
    record Pair(String label, String takenFor) {}
    Map<Pair, Confusion> confusions = new LinkedHashMap<>();
    for (int row = 0; row < nearest.length; row++) {
      if (nearest[row] < 0 || label(row).equals(label(nearest[row]))) {
        continue;
      }
      confusions.merge(
          new Pair(label(row), label(nearest[row])),
          new Confusion(
              label(row),
              label(nearest[row]),
              1,
              frame.images().get(row).id(),
              frame.images().get(nearest[row]).id()),
          (known, one) ->
              new Confusion(
                  known.label(),
                  known.takenFor(),
                  known.count() + 1,
                  known.image(),
                  known.neighbour()));
    }
    return confusions.values().stream()
        .sorted(Comparator.comparingInt(Confusion::count).reversed())
        .limit(count)
        .toList();
  }

  private static int[] nearestOfEach(float[][] rows) {
    ExactSearch search = new ExactSearch(rows);
    int[] nearest = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      int[] found = search.nearest(rows[row], row, 1);
      nearest[row] = found.length == 0 ? -1 : found[0];
    }
    return nearest;
  }

  private String label(int row) {
    return frame.images().get(row).label();
  }
}
