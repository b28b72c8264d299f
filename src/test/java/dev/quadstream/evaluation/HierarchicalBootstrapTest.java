package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HierarchicalBootstrapTest {

  private final HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(1_000, 7);

  @Test
  void theMeanIsThatOfTheRunsMeansOverTheirProbes() {
    double[][] first = {{1, 0, 1}, {0}};
    double[][] second = {{1}, {1, 1}};

    Interval mean = bootstrap.mean(List.of(first, second));

    assertThat(mean.value()).isEqualTo((0.5 + 1) / 2);
  }

  @Test
  void equalValuesLeaveNoWidth() {
    assertThat(bootstrap.mean(List.<double[][]>of(new double[][] {{0.25, 0.25}, {0.25}})))
        .isEqualTo(new Interval(0.25, 0.25, 0.25));
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    List<double[][]> runs = noisyRuns(3, 20, 5, 1);

    assertThat(new HierarchicalBootstrap(200, 3).mean(runs))
        .isEqualTo(new HierarchicalBootstrap(200, 3).mean(runs))
        .isNotEqualTo(new HierarchicalBootstrap(200, 4).mean(runs));
  }

  // Each class is all right or all wrong, so 400 probes are worth no more than 40: the standard
  // error is √(0.25 / 40) and not √(0.25 / 400).
  @Test
  void probesOfOneClassAreNotTakenForIndependent() {
    double[][] classes = new double[40][10];
    for (int index = 0; index < 20; index++) {
      Arrays.fill(classes[index], 1);
    }

    Interval mean = bootstrap.mean(List.<double[][]>of(classes));

    assertThat(mean.high() - mean.low()).isCloseTo(2 * 1.96 * Math.sqrt(0.25 / 40), within(0.03));
  }

  // Within a run all classes agree: only drawing the runs can give the interval any width.
  @Test
  void differencesBetweenRunsWidenTheInterval() {
    List<double[][]> runs = List.of(constantRun(0.2), constantRun(0.4), constantRun(0.9));

    Interval mean = bootstrap.mean(runs);

    assertThat(mean.value()).isCloseTo(0.5, within(1e-12));
    assertThat(mean.low()).isCloseTo(0.2, within(1e-9));
    assertThat(mean.high()).isCloseTo(0.9, within(1e-9));
  }

  @Test
  void theIntervalCoversTheTruthNearlyAsOftenAsItSays() {
    int covered = 0;
    for (int trial = 0; trial < 200; trial++) {
      Interval mean =
          new HierarchicalBootstrap(200, trial).mean(noisyRuns(8, 20, 3, 1_000 + trial));
      if (mean.low() <= 0.5 && 0.5 <= mean.high()) {
        covered++;
      }
    }

    assertThat(covered / 200.0).isBetween(0.86, 0.99);
  }

  @Test
  void nothingToDrawFromIsAnError() {
    assertThatThrownBy(() -> bootstrap.mean(List.of())).hasMessageContaining("no run");
    assertThatThrownBy(() -> bootstrap.mean(List.<double[][]>of(new double[0][])))
        .hasMessageContaining("Run 0 has no class");
    assertThatThrownBy(() -> bootstrap.mean(List.<double[][]>of(new double[][] {{1}, {}})))
        .hasMessageContaining("Class 1 of run 0 has no probe");
    assertThatThrownBy(() -> new HierarchicalBootstrap(39, 1)).hasMessageContaining("not 39");
  }

  private static double[][] constantRun(double value) {
    double[][] classes = new double[5][2];
    for (double[] probes : classes) {
      Arrays.fill(probes, value);
    }
    return classes;
  }

  /** Values around 0.5 with noise of the run, of the class and of the probe. */
  private static List<double[][]> noisyRuns(int runs, int classes, int probes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<double[][]> values = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      double ofRun = random.nextDouble() - 0.5;
      double[][] byClass = new double[classes][probes];
      for (double[] ofOneClass : byClass) {
        double ofClass = random.nextDouble() - 0.5;
        for (int probe = 0; probe < probes; probe++) {
          ofOneClass[probe] = 0.5 + 0.1 * ofRun + 0.3 * ofClass + random.nextDouble() - 0.5;
        }
      }
      values.add(byClass);
    }
    return values;
  }
}
