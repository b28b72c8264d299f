package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaTest {

  @Test
  void aRoundInWhichParametersWentWrongSaysSoAndNoOther() {
    try (Replica replica = replica()) {
      replica.train(TestingTraining.batch(0));
      replica.trainer().restore(gone(replica.trainer().state()));
      replica.train(TestingTraining.batch(1));
      Contribution broken = replica.endRound(Map.of("loss", 0.5));
      replica.train(TestingTraining.batch(2));
      Contribution next = replica.endRound(Map.of("loss", 0.4));

      assertThat(broken.trained()).isZero();
      assertThat(broken.figures())
          .containsOnly(Map.entry("loss", 0.5), Map.entry(Rounds.ROLLED_BACK, 1.0));
      assertThat(next.trained()).isEqualTo(1);
      assertThat(next.figures()).containsOnlyKeys("loss");
      MergedModel model =
          Rounds.NONE.with(broken).complete(OuterStep.PLAIN, ParameterStore.NONE).orElseThrow();
      assertThat(model.isAfterBreakdown()).isTrue();
    }
  }

  private static Replica replica() {
    QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED);
    return new Replica(
        new QuadrupletTrainer(TestingTraining.options(3), network),
        (run, version) -> Optional.empty(),
        OuterStep.PLAIN);
  }

  private static TrainerState gone(TrainerState state) {
    NetworkState network = state.network();
    float[] parameters = network.parameters("trunk").clone();
    parameters[40] = Float.NaN;
    List<NetworkState.Chain> chains = new ArrayList<>(network.chains());
    chains.set(0, new NetworkState.Chain("trunk", parameters, network.updater("trunk")));
    return new TrainerState(
        state.version(),
        new NetworkState(chains, network.iteration()),
        state.average(),
        state.means(),
        state.warmUpWindowsLeft(),
        state.fallback(),
        state.refusedInARow(),
        state.refused(),
        state.collapses(),
        state.resumed());
  }
}
