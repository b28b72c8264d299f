package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossedBootstrapTest {

  private static final double TRUTH = 0.5;

  private final CrossedBootstrap bootstrap = new CrossedBootstrap(1_000, 7);

  @Test
  void theMeanIsThatOfTheRunsMeansOverTheirProbes() {
    Map<String, double[]> first = Map.of("a", new double[] {1, 0, 1}, "b", new double[] {0});
    Map<String, double[]> second = Map.of("b", new double[] {1}, "c", new double[] {1, 1});

    assertThat(bootstrap.mean(List.of(first, second)).value()).isEqualTo((0.5 + 1) / 2);
  }

  @Test
  void equalValuesLeaveNoWidth() {
    Map<String, double[]> run = Map.of("a", new double[] {0.25, 0.25}, "b", new double[] {0.25});

    assertThat(bootstrap.mean(List.of(run))).isEqualTo(new Interval(0.25, 0.25, 0.25));
    assertThat(bootstrap.mean(List.of(run, run))).isEqualTo(new Interval(0.25, 0.25, 0.25));
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    List<Map<String, double[]>> runs = new Population(3, 20, 1, 0.1, 0.2, 0.1).draw(1);

    assertThat(new CrossedBootstrap(200, 3).mean(runs))
        .isEqualTo(new CrossedBootstrap(200, 3).mean(runs))
        .isNotEqualTo(new CrossedBootstrap(200, 4).mean(runs));
  }

  // Each class is all right or all wrong, so 400 probes are worth no more than 40: the standard
  // error is √(0.25 / 40) and not √(0.25 / 400); and ten runs that say the same are worth no more.
  @ParameterizedTest
  @CsvSource({"1", "10"})
  void neitherProbesOfOneClassNorItsRunsAreTakenForIndependent(int runs) {
    Map<String, double[]> classes = new HashMap<>();
    for (int index = 0; index < 40; index++) {
      double[] probes = new double[10];
      Arrays.fill(probes, index % 2);
      classes.put("class" + index, probes);
    }

    Interval mean = bootstrap.mean(Collections.nCopies(runs, classes));

    assertThat(mean.high() - mean.low()).isCloseTo(2 * 2.02 * Math.sqrt(0.25 / 40), within(0.03));
  }

  // Within a run all classes agree: only the runs give the interval its width, that of Student's t.
  @Test
  void differencesBetweenRunsWidenTheIntervalAsFewRunsMust() {
    List<Map<String, double[]>> runs = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    double[] values = random.doubles(8).toArray();
    for (double value : values) {
      runs.add(Map.of("a", new double[] {value, value}, "b", new double[] {value}));
    }
    double average = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(value -> Math.pow(value - average, 2)).sum() / (8 * 7);

    Interval mean = new CrossedBootstrap(20_000, 7).mean(runs);

    double student = 2.365;
    assertThat((mean.high() - mean.low()) / 2 / Math.sqrt(variance))
        .isCloseTo(student, within(0.1));
  }

  /**
   * Of 400 tables whose truth is known, 95 % are covered but for binomial error: three standard
   * deviations of it are 3.3 %. Where each run has a quarter of the classes, most are met twice or
   * thrice in ten runs, as the classes of a split by seed are.
   */
  @ParameterizedTest(name = "{0} runs, {1} classes, share {2}, deviations {3} {4} {5}")
  @CsvSource({
    "10, 40, 1, 0.02, 0.2, 0.15",
    "10, 40, 1, 0, 0, 0.3",
    "10, 40, 1, 0.05, 0.05, 0.1",
    "10, 120, 0.25, 0.02, 0.2, 0.15",
    "10, 120, 0.25, 0, 0, 0.3",
    "5, 120, 0.25, 0.02, 0.2, 0.15",
    "1, 40, 1, 0, 0.2, 0.15"
  })
  void theIntervalCoversTheTruthAsOftenAsItSays(
      int runs, int classes, double share, double ofRun, double ofClass, double ofCell) {
    Population population = new Population(runs, classes, share, ofRun, ofClass, ofCell);
    int covered = 0;
    for (int trial = 0; trial < 400; trial++) {
      Interval mean = new CrossedBootstrap(300, trial).mean(population.draw(1_000 + trial));
      covered += mean.low() <= TRUTH && TRUTH <= mean.high() ? 1 : 0;
    }

    assertThat(covered / 400.0).isCloseTo(0.95, within(0.033));
  }

  @Test
  void nothingToDrawFromIsAnError() {
    assertThatThrownBy(() -> bootstrap.mean(List.of())).hasMessageContaining("no run");
    assertThatThrownBy(() -> bootstrap.mean(List.of(Map.of())))
        .hasMessageContaining("Run 0 has no class");
    assertThatThrownBy(() -> bootstrap.mean(List.of(Map.of("a", new double[0]))))
        .hasMessageContaining("Class a of run 0 has no probe");
    assertThatThrownBy(() -> new CrossedBootstrap(39, 1)).hasMessageContaining("not 39");
  }

  /** Tables around the truth with normal deviations of the run, the class and the cell. */
  private record Population(
      int runs, int classes, double share, double ofRun, double ofClass, double ofCell) {

    List<Map<String, double[]>> draw(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] classDeviations = new double[classes];
      int[] probes = new int[classes];
      for (int index = 0; index < classes; index++) {
        classDeviations[index] = ofClass * random.nextGaussian();
        probes[index] = 2 + random.nextInt(8);
      }
      List<Map<String, double[]>> table = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        double runDeviation = ofRun * random.nextGaussian();
        Map<String, double[]> values = new HashMap<>();
        for (int index : someClasses(random)) {
          double[] ofOne = new double[probes[index]];
          Arrays.fill(
              ofOne,
              TRUTH + runDeviation + classDeviations[index] + ofCell * random.nextGaussian());
          values.put("class" + index, ofOne);
        }
        table.add(values);
      }
      return table;
    }

    private int[] someClasses(SplittableRandom random) {
      int[] order = new int[classes];
      for (int index = 0; index < classes; index++) {
        int other = random.nextInt(index + 1);
        order[index] = order[other];
        order[other] = index;
      }
      return Arrays.copyOf(order, (int) (share * classes));
    }
  }
}
