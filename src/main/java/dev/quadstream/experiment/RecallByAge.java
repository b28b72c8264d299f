package dev.quadstream.experiment;

import dev.quadstream.evaluation.CrossedBootstrap;
import dev.quadstream.experiment.SeenClasses.Age;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Forgetting and novelty: how well classes of the stream are found, by how many images ago they
 * came last, and first.
 */
final class RecallByAge {

  /** Memories of the two sizes that are compared, and one step beyond. */
  private static final int[] EDGES = {256, 2_048, 8_192};

  private final CrossedBootstrap bootstrap;
  private final List<Map<String, Age>> ages;

  /**
   * @param ages of each seed's classes, in the order of the seeds
   */
  RecallByAge(CrossedBootstrap bootstrap, List<Map<String, Age>> ages) {
    this.bootstrap = bootstrap;
    this.ages = List.copyOf(ages);
  }

  /** A row's recall in each group of classes that has any. */
  List<AblationReport.Remembered> of(String row, List<Measurement> runs) {
    List<AblationReport.Remembered> groups = new ArrayList<>();
    add(row, "last seen", Age::sinceLast, runs, groups);
    add(row, "first seen", Age::sinceFirst, runs, groups);
    return groups;
  }

  private void add(
      String row,
      String what,
      ToIntFunction<Age> age,
      List<Measurement> runs,
      List<AblationReport.Remembered> groups) {
    int from = 1;
    for (int edge = 0; edge <= EDGES.length; edge++) {
      int to = edge < EDGES.length ? EDGES[edge] : Integer.MAX_VALUE;
      List<Map<String, double[]>> found = new ArrayList<>();
      int classes = 0;
      for (int run = 0; run < runs.size(); run++) {
        Map<String, double[]> ofRun = between(from, to, age, ages.get(run), runs.get(run).seen());
        classes += ofRun.size();
        if (!ofRun.isEmpty()) {
          found.add(ofRun);
        }
      }
      if (!found.isEmpty()) {
        groups.add(
            new AblationReport.Remembered(
                row,
                what,
                from,
                to == Integer.MAX_VALUE ? null : to,
                (double) classes / runs.size(),
                bootstrap.mean(found)));
      }
      from = to == Integer.MAX_VALUE ? to : to + 1;
    }
  }

  private static Map<String, double[]> between(
      int from,
      int to,
      ToIntFunction<Age> age,
      Map<String, Age> ages,
      Map<String, double[]> found) {
    Map<String, double[]> between = new LinkedHashMap<>();
    found.forEach(
        (label, values) -> {
          int ago = age.applyAsInt(ages.get(label));
          if (ago >= from && ago <= to) {
            between.put(label, values);
          }
        });
    return between;
  }
}
