package dev.quadstream.training;

import dev.quadstream.training.ReleaseState.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A run of simulated counts whose truth is known: one version every few windows, each tested in the
 * windows after it. 24 images of each window are tested, half of classes known for long. The gate's
 * constants were chosen with another generator and other seeds.
 */
final class TestingReleaseRun {

  private static final int TESTED = 24;

  /** That one of two models alone is right about an image, where they are equally good. */
  private static final double DISCORDANT = 0.02;

  private static final long UNSEEN = 1_000_000;

  private static final double EROSION = 0.004;

  private final ReleaseGate gate;
  private final RandomGenerator random;
  private final int every;
  private final LongToDoubleFunction recall;
  private final double discordant;
  private final List<ReleaseState> states = new ArrayList<>();
  private ReleaseState state;
  private long version;

  TestingReleaseRun(ReleaseOptions options, long seed, int every, LongToDoubleFunction recall) {
    this(options, seed, every, recall, DISCORDANT);
  }

  TestingReleaseRun(
      ReleaseOptions options,
      long seed,
      int every,
      LongToDoubleFunction recall,
      double discordant) {
    this.discordant = discordant;
    this.gate = new ReleaseGate(options);
    this.random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(UNSEEN + seed);
    this.every = every;
    this.recall = recall;
  }

  TestingReleaseRun until(long last) {
    while (version + every <= last) {
      List<PairedTest> tests = new ArrayList<>();
      for (int window = 0; window < every && state != null; window++) {
        if (version != state.live()) {
          tests.add(
              new PairedTest(
                  version, state.live(), TESTED, counts(TESTED / 2), counts(TESTED / 2)));
        }
      }
      version += every;
      state =
          gate.asOf(
              state,
              version,
              tests.stream()
                  .map(
                      test ->
                          new PairedTest(
                              test.candidate(),
                              test.live(),
                              test.findable(),
                              test.all().plus(test.longKnown()),
                              test.longKnown()))
                  .toList(),
              false);
      states.add(state);
    }
    return this;
  }

  private PairedCounts counts(int tested) {
    double better = recall.applyAsDouble(version) - recall.applyAsDouble(state.live());
    return new PairedCounts(
        tested, draw(tested, Math.max(better, 0)), draw(tested, Math.max(-better, 0)));
  }

  private long draw(int tested, double more) {
    long drawn = 0;
    for (int image = 0; image < tested; image++) {
      drawn += random.nextDouble() < discordant / 2 + more ? 1 : 0;
    }
    return drawn;
  }

  long count(Verdict verdict) {
    return states.stream().filter(one -> one.verdict() == verdict).count();
  }

  List<ReleaseState> states() {
    return states;
  }

  ReleaseState state() {
    return state;
  }

  /** Of so many runs, those in which a release is worse than the first by 0.03. */
  static int eroded(double gain, int every, double discordant, int runs) {
    ReleaseOptions options = new ReleaseOptions(ReleasePolicy.GATE, 0.01, gain);
    int eroded = 0;
    for (int seed = 0; seed < runs; seed++) {
      TestingReleaseRun run =
          new TestingReleaseRun(
                  options, seed, every, version -> -EROSION * (version / every), discordant)
              .until(every * 30L);
      if (run.states.stream()
          .anyMatch(state -> EROSION * (state.live() / (double) every - 1) >= 0.03)) {
        eroded++;
      }
    }
    return eroded;
  }
}
