package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Replicas that descend ½(θ − c)², each with a c of its own, by the product's rounds: what they
 * learn together has its optimum at the mean of the c.
 */
class OuterStepTest {

  private static final double[] CENTRES = {-1, 2, 5};
  private static final double OPTIMUM = 2;
  private static final double START = 10;
  private static final double RATE = 0.01;
  private static final int WINDOWS = 8;

  /** With rounds that end before the merge is taken, overlap it, and overlap several of them. */
  @ParameterizedTest
  @CsvSource({"0, 0.7, 0.9", "3, 0.7, 0.9", "12, 0.7, 0.5", "12, 1, 0", "20, 0.4, 0.6"})
  void arrivesAtTheOptimumWithTheStepsOfAPlainLoopHoweverRoundsOverlap(
      int staleness, double learningRate, double momentum) {
    OuterStep step = new OuterStep(learningRate, momentum);
    Map<Long, MergedModel> models = run(step, staleness, 2_400);
    TreeMap<Long, Double> reference = reference(step, staleness, 2_400);

    assertThat(models.keySet()).isEqualTo(reference.keySet());
    models.forEach(
        (version, model) ->
            assertThat((double) value(model.parameters().iterate()))
                .as("version %d", version)
                .isCloseTo(reference.get(version), within(1e-4)));
    assertThat(reference.lastEntry().getValue()).isCloseTo(OPTIMUM, within(0.01));
  }

  @Test
  void momentumArrivesSooner() {
    int plain = roundsUntilNear(OuterStep.PLAIN);

    assertThat(roundsUntilNear(new OuterStep(0.7, 0.8))).isLessThan(plain * 2 / 3);
    assertThat(roundsUntilNear(new OuterStep(2, 0))).isLessThan(plain * 2 / 3);
  }

  @Test
  void withoutMomentumOneReplicasMergeIsItsOwnParametersToTheBit() {
    TrainedParameters odd = parameters(0.1f, Float.MIN_VALUE);
    Contribution part = part(new WindowId("run", 7, 1), 3, odd, parameters(1e30f, 0.7f));

    MergedModel merged =
        Rounds.NONE.with(part).complete(new OuterStep(1, 0), ParameterStore.NONE).orElseThrow();

    assertThat(merged.parameters()).isEqualTo(odd);
    assertThat(merged.momentum()).isNull();
  }

  @Test
  void theAverageMovesByWhatItFollowedAndByWhatTheStepAddsToTheParameters() {
    Rounds rounds = Rounds.NONE;
    Contribution first = part(new WindowId("run", 7, 1), 3, parameters(3, 1.5f), parameters(1, 1));
    rounds = rounds.with(first);
    OuterStep step = new OuterStep(0.5, 0.5);
    MergedModel merged = rounds.complete(step, ParameterStore.NONE).orElseThrow();

    // Δ = 2, m = 2, so θ moves by ½(2 + ½·2), one less than by itself; so does the average.
    assertThat(merged.parameters()).isEqualTo(parameters(2.5f, 1));
    assertThat(value(merged.momentum())).isEqualTo(2);
  }

  @Test
  void whereNobodyTrainedOrAReplicaDoesNotKnowItsStartMomentumBeginsAnewAtTheMean() {
    OuterStep step = new OuterStep(0.7, 0.9);
    Contribution moved = part(new WindowId("run", 7, 1), 3, parameters(3, 3), parameters(1, 1));
    Rounds rounds = Rounds.NONE.with(moved);
    rounds = rounds.after(rounds.complete(step, ParameterStore.NONE).orElseThrow());
    for (Contribution next :
        List.of(
            part(new WindowId("run", 15, 1), 0, parameters(5, 6), parameters(4, 4)),
            part(new WindowId("run", 15, 1), 3, parameters(5, 6), null))) {
      MergedModel merged = rounds.with(next).complete(step, ParameterStore.NONE).orElseThrow();

      assertThat(merged.parameters()).isEqualTo(parameters(5, 6));
      assertThat(value(merged.momentum())).isZero();
    }
  }

  @Test
  void whatIsLeftAtTheEndCountsWhatWasLearnedInBothRounds() {
    OuterStep step = new OuterStep(2, 0);
    // Two rounds of one replica, of which the merge of an earlier one moved the second by 10.
    Rounds rounds =
        new Rounds(0, 0, List.of(), OuterStep.State.at(parameters(0, 0)))
            .with(part(new WindowId("run", 7, 2), 3, parameters(3, 0), parameters(2, 0)))
            .with(part(new WindowId("run", 15, 2), 3, parameters(17, 0), parameters(13, 0)));

    MergedModel merged = rounds.remainder(step, ParameterStore.NONE).orElseThrow();

    assertThat(value(merged.parameters().iterate())).isEqualTo(2 * (1 + 4));
  }

  @Test
  void whatIsNoStepIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OuterStep(0, 0.5))
        .withMessageContaining("0.0 and 0.5");
    assertThatIllegalArgumentException().isThrownBy(() -> new OuterStep(1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new OuterStep(Double.NaN, 0));
  }

  private static int roundsUntilNear(OuterStep step) {
    int rounds = 0;
    for (MergedModel model : run(step, 3, 4_000).values()) {
      rounds++;
      if (Math.abs(value(model.parameters().iterate()) - OPTIMUM) < 0.05) {
        return rounds;
      }
    }
    throw new AssertionError("Never near the optimum.");
  }

  /** By the progress of a replica and the rounds of the merge, as the job has them. */
  private static Map<Long, MergedModel> run(OuterStep step, int staleness, int windowsOfEach) {
    int replicas = CENTRES.length;
    PublishingSchedule publishing = PublishingSchedule.every(WINDOWS);
    TreeMap<Long, MergedModel> models = new TreeMap<>();
    Rounds rounds = Rounds.NONE;
    TrainedParameters[] now = new TrainedParameters[replicas];
    Replica.Progress[] progress = new Replica.Progress[replicas];
    for (int s = 0; s < replicas; s++) {
      now[s] = parameters((float) START, (float) START);
      progress[s] = Replica.Progress.NONE.startingAt(now[s]);
    }
    for (long number = 0; number < (long) windowsOfEach * replicas; number++) {
      WindowId id = new WindowId("run", number, replicas);
      int s = id.replica();
      long version = publishing.versionFor(id.inReplica(), staleness);
      Optional<Replica.RoundEnd> end = progress[s].openEnd(version);
      if (end.isPresent()) {
        MergedModel model = models.get(id.version(version));
        now[s] = now[s].movedBy(end.get().parameters(), model.parameters());
        progress[s] = progress[s].taking(end.get(), model);
      }
      double theta = value(now[s].iterate());
      float next = (float) (theta - RATE * (theta - CENTRES[s]));
      now[s] = parameters(next, next);
      progress[s] = progress[s].after(id, true, false);
      if (publishing.publishes(id.inReplica() + 1)) {
        Contribution part = part(id, WINDOWS, now[s], progress[s].start());
        progress[s] = progress[s].ending(part, now[s], true);
        rounds = rounds.with(part);
        MergedModel merged = rounds.complete(step, ParameterStore.NONE).orElse(null);
        if (merged != null) {
          models.put(merged.version(), merged);
          rounds = rounds.after(merged);
        }
      }
    }
    return models;
  }

  /**
   * The same by the definition: a replica is at the merge that it took last and all its own steps
   * since the end of that round; a round's Δ is the sum of the own steps in it.
   */
  private static TreeMap<Long, Double> reference(OuterStep step, int staleness, int windowsOfEach) {
    int replicas = CENTRES.length;
    List<Double> merges = new ArrayList<>(List.of(START));
    double momentum = 0;
    double[][] learned = new double[replicas][windowsOfEach / WINDOWS];
    TreeMap<Long, Double> models = new TreeMap<>();
    for (int window = 0; window < windowsOfEach; window++) {
      int round = window / WINDOWS;
      int taken = Math.max(0, window - staleness) / WINDOWS;
      for (int s = 0; s < replicas; s++) {
        double theta = merges.get(taken);
        for (int since = taken; since <= round; since++) {
          theta += learned[s][since];
        }
        learned[s][round] -= RATE * (theta - CENTRES[s]);
      }
      if ((window + 1) % WINDOWS == 0) {
        double change = 0;
        for (int s = 0; s < replicas; s++) {
          change += learned[s][round] / replicas;
        }
        momentum = step.momentum() * momentum + change;
        double next =
            merges.get(round) + step.learningRate() * (change + step.momentum() * momentum);
        merges.add(next);
        models.put((long) (window + 1) * replicas, next);
      }
    }
    return models;
  }

  private static Contribution part(
      WindowId last, int trained, TrainedParameters end, TrainedParameters start) {
    return new Contribution(
        last,
        trained,
        new HeldParameters(end, start),
        new DistanceMeans(0.1, 0.5),
        false,
        Map.of(),
        List.of());
  }

  private static TrainedParameters parameters(float iterate, float average) {
    return new TrainedParameters(state(iterate), state(average));
  }

  private static NetworkState state(float value) {
    return new NetworkState(
        List.of(new NetworkState.Chain("trunk", new float[] {value}, new float[0])), 0);
  }

  private static float value(NetworkState state) {
    return state.parameters("trunk")[0];
  }
}
