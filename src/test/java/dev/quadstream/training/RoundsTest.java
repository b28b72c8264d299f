package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private static final int REPLICAS = 3;

  @Test
  void aRoundIsMergedOnceAllReplicasHaveBroughtTheirPartWhateverTheOrder() {
    Rounds rounds = Rounds.NONE.with(part(2, 4, 2, 9f)).with(part(0, 4, 1, 1f));
    assertThat(rounds.complete(OuterStep.PLAIN, ParameterStore.NONE)).isEmpty();

    rounds = rounds.with(part(0, 8, 1, 100f)).with(part(1, 4, 1, 2f));
    MergedModel merged = rounds.complete(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow();

    assertThat(merged.version()).isEqualTo(12);
    assertThat(iterate(merged)).isEqualTo((1 + 2 + 2 * 9f) / 4);
    assertThat(average(merged)).isEqualTo((-1 - 2 - 2 * 9f) / 4);
    assertThat(afterMerge(rounds).merged()).isEqualTo(4);
    assertThat(afterMerge(rounds).open()).containsExactly(part(0, 8, 1, 100f));
    assertThat(afterMerge(rounds).complete(OuterStep.PLAIN, ParameterStore.NONE)).isEmpty();
  }

  @Test
  void oneReplicaIsItsOwnMeanToTheBitHoweverMuchItTrained() {
    float[] odd = {0.1f, -0f, Float.MIN_VALUE, 1e30f};
    NetworkState state = state(odd);
    for (int trained : new int[] {0, 1, 7}) {
      Contribution part =
          new Contribution(
              new WindowId("run", 6, 1),
              trained,
              new HeldParameters(new TrainedParameters(state, state), null),
              new DistanceMeans(0.1, 0.7),
              false,
              Map.of("loss", 0.3),
              List.of());

      MergedModel merged =
          Rounds.NONE.with(part).complete(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow();

      assertThat(merged.version()).isEqualTo(7);
      assertThat(merged.parameters()).isEqualTo(((HeldParameters) part.parameters()).end());
      assertThat(merged.means()).isEqualTo(part.means());
      assertThat(merged.figures()).isEqualTo(part.figures());
    }
  }

  @Test
  void whoTrainedNothingOrWasRolledBackWeighsNothing() {
    MergedModel merged =
        Rounds.NONE
            .with(part(0, 4, 3, 1f))
            .with(part(1, 4, 0, 1_000f))
            .with(part(2, 4, 1, 5f))
            .complete(OuterStep.PLAIN, ParameterStore.NONE)
            .orElseThrow();

    assertThat(iterate(merged)).isEqualTo(2);
    assertThat(merged.means().positive()).isCloseTo((3 * 1 + 5) / 4.0 / 100, within(1e-12));
  }

  @Test
  void whoseParametersAreNoFiniteNumbersIsLeftOutAndCounted() {
    MergedModel merged =
        Rounds.NONE
            .with(part(0, 4, 3, 1f))
            .with(part(1, 4, 3, Float.NaN))
            .with(part(2, 4, 1, 5f))
            .complete(OuterStep.PLAIN, ParameterStore.NONE)
            .orElseThrow();

    assertThat(iterate(merged)).isEqualTo(2);
    assertThat(average(merged)).isEqualTo(-2);
    assertThat(merged.means().positive()).isCloseTo((3 * 1 + 5) / 4.0 / 100, within(1e-12));
    assertThat(merged.figures()).containsEntry("replicasNotFinite", 1.0);
  }

  @Test
  void aRoundInWhichOnlyTheBrokenTrainedIsThatOfTheOthers() {
    MergedModel merged =
        Rounds.NONE
            .with(part(0, 4, 0, 1f))
            .with(part(1, 4, 3, Float.POSITIVE_INFINITY))
            .with(part(2, 4, 0, 5f))
            .complete(OuterStep.PLAIN, ParameterStore.NONE)
            .orElseThrow();

    assertThat(iterate(merged)).isEqualTo(3);
  }

  @Test
  void whereNoneIsFiniteNothingIsMergedAndTheErrorSaysWhatToDo() {
    Rounds rounds =
        Rounds.NONE
            .with(part(0, 4, 3, Float.NaN))
            .with(part(1, 4, 3, Float.NaN))
            .with(part(2, 4, 3, Float.NEGATIVE_INFINITY));

    assertThatThrownBy(() -> rounds.complete(OuterStep.PLAIN, ParameterStore.NONE))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("at version 12")
        .hasMessageContaining("checkpoint before it, with a lower training.learning-rate");
  }

  @Test
  void whatIsNoFiniteNumberIsNotMovedButReplacedByTheMerge() {
    TrainedParameters broken = new TrainedParameters(state(Float.NaN), state(1));
    TrainedParameters whole = new TrainedParameters(state(2), state(3));
    TrainedParameters merged = new TrainedParameters(state(5), state(7));

    assertThat(whole.movedBy(broken, merged)).isEqualTo(merged);
    assertThat(broken.movedBy(whole, merged)).isEqualTo(merged);
    assertThat(whole.movedBy(merged, whole)).isEqualTo(new TrainedParameters(state(-1), state(-1)));
  }

  @Test
  void whereNobodyTrainedAllWeighTheSame() {
    MergedModel merged =
        Rounds.NONE
            .with(part(0, 4, 0, 1f))
            .with(part(1, 4, 0, 2f))
            .with(part(2, 4, 0, 6f))
            .complete(OuterStep.PLAIN, ParameterStore.NONE)
            .orElseThrow();

    assertThat(iterate(merged)).isEqualTo(3);
  }

  @Test
  void atTheEndWhatIsLeftIsMergedAndNamedByAllWindowsOfTheRun() {
    Rounds rounds =
        Rounds.NONE.with(part(0, 4, 4, 1f)).with(part(1, 4, 4, 1f)).with(part(2, 4, 4, 1f));
    rounds = afterMerge(rounds);
    assertThat(rounds.remainder(OuterStep.PLAIN, ParameterStore.NONE)).isEmpty();

    // Replica 0 has two windows more, replica 1 one, replica 2 none.
    rounds = rounds.with(part(0, 6, 2, 8f)).with(part(1, 5, 1, 2f));
    MergedModel merged = rounds.remainder(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow();

    assertThat(merged.version()).isEqualTo(6 + 5 + 4);
    assertThat(iterate(merged)).isEqualTo(6);
  }

  @Test
  void anotherNumberOfReplicasCountsItsRoundsFromItsFirstWindowOn() {
    Rounds rounds = Rounds.NONE;
    for (int replica = 0; replica < REPLICAS; replica++) {
      rounds = rounds.with(part(replica, 4, 1, 1f));
    }
    rounds = afterMerge(rounds).with(part(new WindowId("run", 18, 2, 12), 1, 8f));
    assertThat(rounds.complete(OuterStep.PLAIN, ParameterStore.NONE)).isEmpty();
    assertThat(rounds.remainder(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow().version())
        .isEqualTo(12 + 4);

    rounds = rounds.with(part(new WindowId("run", 19, 2, 12), 3, 4f));

    assertThat(rounds.complete(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow().version())
        .isEqualTo(20);
    assertThat(iterate(rounds.complete(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow()))
        .isEqualTo(5);
    assertThat(afterMerge(rounds).merged()).isEqualTo(4);
  }

  @Test
  void aMeanThatAReplicaDoesNotHaveLeavesThatOfTheOthers() {
    Contribution without =
        new Contribution(
            part(1, 4, 5, 1f).last(),
            5,
            part(1, 4, 5, 1f).parameters(),
            DistanceMeans.UNDEFINED,
            false,
            Map.of(),
            List.of());
    MergedModel merged =
        Rounds.NONE
            .with(part(0, 4, 1, 1f))
            .with(without)
            .with(part(2, 4, 1, 3f))
            .complete(OuterStep.PLAIN, ParameterStore.NONE)
            .orElseThrow();

    assertThat(merged.means().positive()).isCloseTo(0.02, within(1e-12));
    assertThat(merged.figures().get("loss")).isCloseTo(2, within(1e-12));
  }

  private static Rounds afterMerge(Rounds rounds) {
    return rounds.after(rounds.complete(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow());
  }

  private static Contribution part(int replica, long version, int trained, float value) {
    return part(new WindowId("run", (version - 1) * REPLICAS + replica, REPLICAS), trained, value);
  }

  private static Contribution part(WindowId last, int trained, float value) {
    return new Contribution(
        last,
        trained,
        new HeldParameters(new TrainedParameters(state(value), state(-value)), null),
        new DistanceMeans(value / 100.0, 0.5),
        false,
        Map.of("loss", (double) value),
        List.of());
  }

  private static NetworkState state(float... values) {
    return new NetworkState(List.of(new NetworkState.Chain("trunk", values, new float[0])), 0);
  }

  private static float iterate(MergedModel model) {
    return model.parameters().iterate().parameters("trunk")[0];
  }

  private static float average(MergedModel model) {
    return model.parameters().average().parameters("trunk")[0];
  }
}
