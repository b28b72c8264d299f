package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.TrainingBatch;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointCopyTest {

  private QuadrupletTrainer trainer;
  private List<TrainingBatch> batches;

  private CheckpointCopy copyOfANewTrainer(MetricKind metric, boolean reusable) {
    PipelineSettings settings = TestingPipeline.settings("network.metric", metric.name());
    batches = TestingTrainer.batches(settings, 4);
    trainer =
        new QuadrupletTrainer(settings.training(), QuadrupletNetwork.create(settings.network()));
    return new CheckpointCopy(trainer, reusable);
  }

  @AfterEach
  void closeTrainer() {
    trainer.close();
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void isTheTrainersStateInTheMemoryOfTheLastCompletedCheckpoint(MetricKind metric) {
    CheckpointCopy copy = copyOfANewTrainer(metric, true);
    trainer.train(batches.get(0));
    TrainerState first = copy.take(1);
    assertThat(first.equals(trainer.state())).isTrue();
    copy.completed(1);
    trainer.train(batches.get(1));

    TrainerState second = copy.take(2);

    assertThat(second.equals(trainer.state())).isTrue();
    assertThat(second.network().parameters("trunk")).isSameAs(first.network().parameters("trunk"));
    assertThat(second.network().updater("trunk")).isSameAs(first.network().updater("trunk"));
    assertThat(second.average().parameters("trunk")).isSameAs(first.average().parameters("trunk"));
    // What the trainer falls back on is its own, and a checkpoint only names it.
    assertThat(second.fallback().parameters("trunk"))
        .isNotSameAs(second.network().parameters("trunk"))
        .isNotSameAs(second.average().parameters("trunk"));
  }

  @Test
  void aCheckpointThatIsNotKnownToBeWrittenIsLeftAlone() {
    CheckpointCopy copy = copyOfANewTrainer(MetricKind.LEARNED, true);
    trainer.train(batches.get(0));
    TrainerState first = copy.take(1);
    TrainerState asItWas = trainer.state();
    trainer.train(batches.get(1));
    copy.take(2);
    copy.completed(1);
    trainer.train(batches.get(2));
    TrainerState third = copy.take(3);
    copy.completed(3);
    trainer.train(batches.get(3));

    TrainerState fourth = copy.take(4);

    assertThat(first.equals(asItWas)).isTrue();
    assertThat(fourth.equals(trainer.state())).isTrue();
    assertThat(fourth.network().parameters("trunk")).isSameAs(third.network().parameters("trunk"));
  }

  @Test
  void whereABackendReadsObjectsWhenItLikesEveryCopyIsNew() {
    CheckpointCopy copy = copyOfANewTrainer(MetricKind.LEARNED, false);
    TrainerState first = copy.take(1);
    copy.completed(1);
    TrainerState second = copy.take(2);

    assertThat(second.equals(first)).isTrue();
    assertThat(second.network().parameters("trunk"))
        .isNotSameAs(first.network().parameters("trunk"));
  }
}
