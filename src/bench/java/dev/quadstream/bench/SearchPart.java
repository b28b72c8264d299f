package dev.quadstream.bench;

import dev.quadstream.search.Neighbour;
import dev.quadstream.search.NeighbourQuery;
import dev.quadstream.search.VectorIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What exact search takes, and how long after it was asked a question of the stream has its answer
 * on the matches topic. Without a counterpart.
 */
final class SearchPart implements Measuring {

  private static final int NEIGHBOURS = 10;
  private static final int TOGETHER = 32;
  private static final int GRAPH_QUERIES = 500;
  private static final int ROUNDS = 3;

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("exact", exact(bench));
    json.put("graph", graph(bench));
    json.put("answers", answers(bench));
    report.put("search", json);
  }

  private static List<Map<String, Object>> exact(Bench bench) {
    bench.heading("Exact search, ms a query", "alone", "p99", TOGETHER + " together");
    List<Map<String, Object>> rows = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    VectorIndex index = new VectorIndex(SearchStream.DIMENSIONS);
    for (int images :
        bench.quick() ? List.of(10_000, 100_000) : List.of(10_000, 100_000, 500_000)) {
      while (index.size() < images) {
        index.put("image-" + index.size(), "class", SearchStream.unit(random));
      }
      List<Double> alone = times(index, 1, images, random);
      List<Double> together = times(index, TOGETHER, images, random);
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("images", images);
      json.put("aloneMillis", Statistics.median(alone));
      json.put("aloneP99Millis", Statistics.quantile(alone, 0.99));
      json.put("togetherMillis", Statistics.median(together));
      bench.row(
          "%,d images".formatted(images),
          Statistics.median(alone),
          Statistics.quantile(alone, 0.99),
          Statistics.median(together));
      rows.add(json);
    }
    return rows;
  }

  /** Milliseconds a query, of each of several calls; the first tenth warms up. */
  private static List<Double> times(
      VectorIndex index, int queries, int images, SplittableRandom random) {
    int calls = Math.max(40, 8_000_000 / images / queries);
    List<Double> millis = new ArrayList<>();
    for (int call = 0; call < calls; call++) {
      List<NeighbourQuery> asked = new ArrayList<>();
      for (int i = 0; i < queries; i++) {
        asked.add(
            new NeighbourQuery(SearchStream.unit(random), NEIGHBOURS, Objects::nonNull, null));
      }
      long start = System.nanoTime();
      index.nearest(asked);
      if (call >= calls / 10) {
        millis.add((System.nanoTime() - start) / 1e6 / queries);
      }
    }
    return millis;
  }

  /** Images of classes, since vectors that are near to nothing are no embeddings. */
  private static Map<String, Object> graph(Bench bench) {
    int images = bench.quick() ? 20_000 : 600_000;
    int updates = bench.quick() ? 40_000 : 1_000_000;
    SplittableRandom random = new SplittableRandom(2);
    List<float[]> classes = new ArrayList<>();
    for (int number = 0; number < images / 100; number++) {
      classes.add(SearchStream.unit(random));
    }
    VectorIndex index = new VectorIndex(SearchStream.DIMENSIONS, 1);
    VectorIndex exact = new VectorIndex(SearchStream.DIMENSIONS);
    long start = System.nanoTime();
    for (int update = 0; update < updates; update++) {
      String id = "image-" + random.nextInt(images);
      float[] vector = SearchStream.near(classes.get(random.nextInt(classes.size())), random);
      if (random.nextInt(10) == 0) {
        index.remove(id);
        exact.remove(id);
      } else {
        index.put(id, "class", vector);
        exact.put(id, "class", vector);
      }
      if (update % TOGETHER == 0) {
        index.extendGraph();
      }
    }
    while (index.extendGraph()) {
      // Until nothing waits.
    }
    double millisAnUpdate = (System.nanoTime() - start) / 1e6 / updates;
    int found = 0;
    List<Double> byGraph = new ArrayList<>();
    List<Double> byAll = new ArrayList<>();
    for (int query = 0; query < GRAPH_QUERIES; query++) {
      NeighbourQuery asked =
          new NeighbourQuery(
              SearchStream.near(classes.get(random.nextInt(classes.size())), random),
              NEIGHBOURS,
              Objects::nonNull,
              null);
      long begin = System.nanoTime();
      List<Neighbour> near = index.nearest(asked);
      long middle = System.nanoTime();
      List<Neighbour> nearest = exact.nearest(asked);
      byGraph.add((middle - begin) / 1e6);
      byAll.add((System.nanoTime() - middle) / 1e6);
      found += (int) nearest.stream().filter(near::contains).count();
    }
    double recall = found / (double) (GRAPH_QUERIES * NEIGHBOURS);
    bench.heading("By graph", "recall@10", "ms a query", "exact", "ms an update");
    bench.row(
        "%,d images after %,d updates".formatted(exact.size(), updates),
        recall,
        Statistics.median(byGraph),
        Statistics.median(byAll),
        millisAnUpdate);
    return Map.of(
        "images",
        exact.size(),
        "updates",
        updates,
        "recallAt10",
        recall,
        "queryMillis",
        Statistics.median(byGraph),
        "exactQueryMillis",
        Statistics.median(byAll),
        "updateMillis",
        millisAnUpdate);
  }

  private static List<Map<String, Object>> answers(Bench bench) {
    bench.heading("Question to answer, ms", "median", "p99", "a second");
    List<Map<String, Object>> rows = new ArrayList<>();
    int seconds = bench.quick() ? 10 : 30;
    try (SearchStream stream = SearchStream.start(20_000)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Double> millis = stream.ask(500, seconds);
        double rate = millis.size() / (double) seconds;
        bench.row(
            "round %d of %d".formatted(round + 1, ROUNDS),
            Statistics.median(millis),
            Statistics.quantile(millis, 0.99),
            rate);
        rows.add(
            Map.of(
                "medianMillis",
                Statistics.median(millis),
                "p99Millis",
                Statistics.quantile(millis, 0.99),
                "questionsASecond",
                rate));
      }
    }
    return rows;
  }
}
