package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
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

  @Test
  void aMergeThatIsGoneLeavesAReplicaWhatItHasLearned() {
    try (Replica alone = replica();
        Replica replica = replica()) {
      for (Replica each : List.of(alone, replica)) {
        each.train(TestingTraining.batch(0));
        each.endRound(Map.of());
      }
      assertThat(replica.progress().openEnd(1)).isPresent();
      WindowReport report = replica.train(minedWithVersion1(TestingTraining.batch(1)));
      alone.train(TestingTraining.batch(1));

      assertThat(report.identity().version()).isEqualTo(2);
      assertThat(replica.trainer().parameters()).isEqualTo(alone.trainer().parameters());
    }
  }

  private static TrainingBatch minedWithVersion1(TrainingBatch batch) {
    return new TrainingBatch(
        batch.id(),
        batch.publish(),
        1,
        batch.mined(),
        batch.changes(),
        batch.tests(),
        batch.memory(),
        batch.stageNanos(),
        batch.ledger());
  }

  private static Replica replica() {
    QuadrupletNetwork network = TestingTraining.network(MetricKind.LEARNED);
    return new Replica(
        new QuadrupletTrainer(TestingTraining.options(3), network),
        (run, version) -> Optional.empty(),
        OuterStep.PLAIN);
  }

  private static TrainerState gone(TrainerState state) {
    float[] parameters = state.network().parameters("trunk").clone();
    parameters[40] = Float.NaN;
    return TestingTraining.withTrunk(state, parameters, state.network().updater("trunk"));
  }
}
