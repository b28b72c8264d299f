package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.training.TestingReleasedTraining.Quarantine;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gate over trainings on icons that go wrong in the middle, in three ways for each seed ({@code
 * -Dsabotage.seeds=4,5,6} for others). A line of each says what came of it.
 */
@Tag("long")
class SabotageIT {

  /** So many that what is live has learned, and has something to lose. */
  private static final int WELL = 320;

  private static final int PERMUTED = 64;
  private static final int SOON = 20;
  private static final double LOSS = 0.10;

  private static final int MOST = 40;

  static LongStream seeds() {
    return Arrays.stream(System.getProperty("sabotage.seeds", "1,2").split(","))
        .mapToLong(Long::parseLong);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatIsSpoiltIsNeverLiveAndQuarantined(long seed) throws Exception {
    try (TestingReleasedTraining well = new TestingReleasedTraining(seed)) {
      well.trainUntil(WELL);
      assertThat(well.quarantined()).as("while nothing is wrong").isEmpty();
      permutedLabels(seed, well);
      noisedWeights(seed, well);
      steps(seed, well);
    }
  }

  /** No test tells good from bad while labels are wrong: versions are quarantined untested. */
  private static void permutedLabels(long seed, TestingReleasedTraining well) throws Exception {
    try (TestingReleasedTraining training = well.copy()) {
      training.permuteLabels(PERMUTED);
      Quarantine first = training.trainUntilQuarantine(SOON);
      training.trainUntil(WELL + PERMUTED + 40);
      say(seed, "labels permuted for %d windows".formatted(PERMUTED), first);

      assertThat(first.windows()).isLessThanOrEqualTo(SOON);
      assertThat(training.quarantined())
          .as("all that were trained on permuted labels, but for what the first windows do")
          .containsAll(
              LongStream.iterate(first.version(), v -> v <= WELL + PERMUTED, v -> v + 4)
                  .boxed()
                  .toList());
      assertThat(training.everLive()).noneMatch(v -> v > WELL && v <= WELL + PERMUTED);
    }
  }

  private static void noisedWeights(long seed, TestingReleasedTraining well) throws Exception {
    try (TestingReleasedTraining training = well.copy()) {
      training.noiseWeights(LOSS);
      Quarantine first = training.trainUntilQuarantine(MOST);
      say(seed, "weights noised, %.2f of recall".formatted(LOSS), first);

      assertThat(first.windows()).isLessThanOrEqualTo(SOON);
      assertThat(training.everLive()).noneMatch(v -> v > WELL);
    }
  }

  /** Training breaks down at once, long before averaged parameters have become worse. */
  private static void steps(long seed, TestingReleasedTraining well) throws Exception {
    try (TestingReleasedTraining training = well.copy()) {
      training.learnFaster(100);
      Quarantine first = training.trainUntilQuarantine(MOST);
      training.trainUntil(WELL + 64);
      say(seed, "learning rate x 100", first);

      assertThat(first.windows()).isLessThanOrEqualTo(SOON);
      assertThat(training.everLive())
          .noneMatch(v -> v >= first.version() || first.isWorseBy(v, LOSS));
    }
  }

  private static void say(long seed, String sabotage, Quarantine first) {
    System.out.printf(
        "{\"seed\":%d,\"sabotage\":\"%s\",\"windows\":%d,\"windowsTested\":%d,\"windowsTestedWhile0.10Worse\":%d}%n",
        seed, sabotage, first.windows(), first.windowsTested(), first.windowsWorseBy(LOSS));
  }
}
