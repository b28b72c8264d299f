package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.WindowId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeOperatorTest {

  private static final PipelineSettings SETTINGS = TestingPipeline.settings("replicas", "2");

  @Test
  void aRoundThatWasOpenInACheckpointIsMergedWithWhatComesAfterIt() throws Exception {
    OperatorSubtaskState snapshot;
    try (var merge = merge(null)) {
      merge.processElement1(part(0, 1), 0);
      assertThat(merge.extractOutputValues()).isEmpty();
      snapshot = merge.snapshot(1, 1);
    }
    try (var merge = merge(snapshot)) {
      merge.processElement1(part(1, 3), 0);

      TrainedModel model = merge.extractOutputValues().get(0);
      assertThat(model.draft().identity().version()).isEqualTo(4);
      assertThat(model.draft().job()).matches("[0-9a-f]{32}");
      assertThat(parameters(model)).containsOnly(2f);
    }
  }

  @Test
  void aCheckpointInMidRoundHoldsTheNamesOfFilesAndTheMergeHasTheBitsOfRecords(
      @TempDir Path registry) throws Exception {
    PipelineSettings settings = SETTINGS.with(JobConfig.REGISTRY_DIRECTORY, registry.toString());
    TrainedModel expected;
    try (var merge = merge(null)) {
      merge.processElement1(part(0, 1), 0);
      merge.processElement1(part(1, 3), 0);
      expected = merge.extractOutputValues().get(0);
      assertThat(expected.merged()).isEmpty();
    }
    OperatorSubtaskState snapshot;
    Contribution first = stored(settings, part(0, 1));
    try (var merge = merge(settings, null)) {
      merge.processElement1(first, 0);
      snapshot = merge.snapshot(5, 1);
      assertThat(snapshot.getStateSize()).isLessThan(20_000);
    }
    try (var merge = merge(settings, snapshot)) {
      Contribution second = stored(settings, part(1, 3));
      merge.processElement1(second, 0);

      TrainedModel model = merge.extractOutputValues().get(0);
      assertThat(model.bytes()).isEqualTo(expected.bytes());
      assertThat(model.merged()).isEqualTo(List.of(first.parameters(), second.parameters()));
    }
  }

  @Test
  void theFilesOfARoundThatIsOpenAtTheEndOfTheInputAreMergedToo(@TempDir Path registry)
      throws Exception {
    PipelineSettings settings = SETTINGS.with(JobConfig.REGISTRY_DIRECTORY, registry.toString());
    try (var merge = merge(settings, null)) {
      Contribution only = stored(settings, part(0, 5));
      merge.processElement1(only, 0);
      merge.endInput1();

      TrainedModel model = merge.extractOutputValues().get(0);
      assertThat(parameters(model)).containsOnly(5f);
      assertThat(model.merged()).isEqualTo(List.of(only.parameters()));
    }
  }

  @Test
  void aSavepointThatWasDrainedWithinARoundIsRefusedWithTheWaysOut() throws Exception {
    OperatorSubtaskState snapshot;
    try (var merge = merge(null)) {
      merge.processElement1(part(0, 5), 0);
      merge.endInput1();
      snapshot = merge.snapshot(1, 1);
    }

    assertThatThrownBy(() -> merge(snapshot))
        .isInstanceOf(SuppressRestartsException.class)
        .hasStackTraceContaining("was drained")
        .hasStackTraceContaining("with version 2")
        .hasStackTraceContaining("--from-model");
  }

  @Test
  void aCheckpointOfAnotherNetworkIsRefusedWithBothNames() throws Exception {
    OperatorSubtaskState snapshot;
    try (var merge = merge(null)) {
      merge.processElement1(part(0, 5), 0);
      merge.processElement1(part(1, 5), 0);
      snapshot = merge.snapshot(1, 1);
    }

    assertThatThrownBy(() -> merge(SETTINGS.with(NetworkConfig.NAME, "another"), snapshot))
        .isInstanceOf(SuppressRestartsException.class)
        .hasStackTraceContaining("network.name = quadstream")
        .hasStackTraceContaining("configured with another");
  }

  @Test
  void aVersionIsNewerThanTheOneBeforeWhateverTheClockSays() throws Exception {
    OperatorSubtaskState snapshot;
    try (var merge = merge(null)) {
      merge.setProcessingTime(2_000);
      merge.processElement1(part(0, 5), 0);
      merge.processElement1(part(1, 5), 0);
      assertThat(merge.extractOutputValues().get(0).draft().createdAt()).isEqualTo(2_000);
      snapshot = merge.snapshot(1, 1);
    }
    try (var merge = merge(snapshot)) {
      merge.setProcessingTime(1_000);
      merge.processElement1(part(2, 5), 0);
      merge.processElement1(part(3, 5), 0);
      assertThat(merge.extractOutputValues().get(0).draft().createdAt()).isEqualTo(2_001);
    }
  }

  @Test
  void oneThatWasDrainedAtTheEndOfARoundGoesOn() throws Exception {
    OperatorSubtaskState snapshot;
    try (var merge = merge(null)) {
      merge.processElement1(part(0, 5), 0);
      merge.processElement1(part(1, 5), 0);
      merge.endInput1();
      snapshot = merge.snapshot(1, 1);
    }
    try (var merge = merge(snapshot)) {
      assertThat(merge.extractOutputValues()).isEmpty();
    }
  }

  /** Where a checkpoint has it in an open round, nobody writes it again. */
  @ParameterizedTest
  @CsvSource({"4, true", "5, false", "6, false"})
  void aFileThatIsGoneEndsTheJobForGoodOnlyWhereARestartDoesNotWriteItAgain(
      long lastCheckpoint, boolean forGood, @TempDir Path registry) throws Exception {
    PipelineSettings settings = SETTINGS.with(JobConfig.REGISTRY_DIRECTORY, registry.toString());
    Contribution gone = stored(settings, part(0, 1), lastCheckpoint);
    Path file = registry.resolve(((StoredParameters) gone.parameters()).file());
    OperatorSubtaskState snapshot;
    try (var merge = merge(settings, null)) {
      merge.processElement1(gone, 0);
      snapshot = merge.snapshot(5, 1);
    }
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);
    try (var merge = merge(settings, snapshot)) {
      Contribution second = stored(settings, part(1, 3), 5);
      assertThatThrownBy(() -> merge.processElement1(second, 0))
          .isInstanceOf(forGood ? SuppressRestartsException.class : RegistryException.class)
          .hasStackTraceContaining("registry.directory")
          .hasStackTraceContaining(file.getFileName() + " is missing")
          .hasStackTraceContaining("--from-model");
    }
    Files.write(file, content);
    try (var merge = merge(settings, snapshot)) {
      merge.processElement1(stored(settings, part(1, 3)), 0);
      assertThat(parameters(merge.extractOutputValues().get(0))).containsOnly(2f);
    }
  }

  private static Contribution stored(PipelineSettings settings, Contribution part) {
    return stored(settings, part, 4);
  }

  private static Contribution stored(
      PipelineSettings settings, Contribution part, long lastCheckpoint) {
    return new ContributionStore(settings)
        .store(part, (HeldParameters) part.parameters(), lastCheckpoint);
  }

  @Test
  void whatIsOpenAtTheEndOfTheInputIsMergedOnce() throws Exception {
    try (var merge = merge(null)) {
      merge.processElement1(part(0, 5), 0);
      merge.endInput1();

      assertThat(merge.extractOutputValues()).hasSize(1);
      assertThat(merge.extractOutputValues().get(0).draft().identity().version()).isEqualTo(2);
      assertThat(parameters(merge.extractOutputValues().get(0))).containsOnly(5f);
    }
  }

  @Test
  void aReplicaWhoseParametersAreNoNumbersIsLeftOutAndTheManifestSaysSo() throws Exception {
    try (var merge = merge(null)) {
      merge.processElement1(part(0, Float.NaN), 0);
      merge.processElement1(part(1, 3), 0);

      TrainedModel model = merge.extractOutputValues().get(0);
      assertThat(parameters(model)).containsOnly(3f);
      assertThat(model.draft().metrics()).containsEntry("replicasNotFinite", 1.0);
    }
  }

  /** Restarting would merge the same. */
  @Test
  void whereNoReplicaHasNumbersTheJobEndsForGoodAndNothingIsPublished() throws Exception {
    try (var merge = merge(null)) {
      merge.processElement1(part(0, Float.NaN), 0);

      assertThatThrownBy(() -> merge.processElement1(part(1, Float.POSITIVE_INFINITY), 0))
          .isInstanceOf(SuppressRestartsException.class)
          .rootCause()
          .hasMessageContaining("every replica are no finite numbers at version 4");
      assertThat(merge.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void theModelThatARunStartsFromIsLiveUntilAnotherIsProven(@TempDir Path registry)
      throws Exception {
    PipelineSettings settings = SETTINGS.with(JobConfig.REGISTRY_DIRECTORY, registry.toString());
    TestingAssembler.publish(settings, TestingPipeline.RUN, 0);
    try (var merge = merge(settings, null)) {
      merge.processElement1(part(0, 1), 0);
      merge.processElement1(part(1, 3), 0);

      ReleaseDecision decision = merge.extractOutputValues().get(0).draft().release();
      assertThat(decision.live()).isZero();
      assertThat(decision.verdict()).isEqualTo("first");
    }
  }

  private static KeyedTwoInputStreamOperatorTestHarness<
          Integer, Contribution, ReleaseCommand, TrainedModel>
      merge(OperatorSubtaskState restored) throws Exception {
    return merge(SETTINGS, restored);
  }

  private static KeyedTwoInputStreamOperatorTestHarness<
          Integer, Contribution, ReleaseCommand, TrainedModel>
      merge(PipelineSettings settings, OperatorSubtaskState restored) throws Exception {
    KeyedTwoInputStreamOperatorTestHarness<Integer, Contribution, ReleaseCommand, TrainedModel>
        harness =
            new KeyedTwoInputStreamOperatorTestHarness<>(
                new MergeOperator(settings), contribution -> 0, command -> 0, Types.INT);
    harness.setCheckpointStorage(TestingPipeline.roomyStorage());
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.TRAINED_MODEL)));
    if (restored != null) {
      harness.setRestoredCheckpointId(5);
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }

  /** A replica's first round, after two windows: all of its parameters have one value. */
  private static Contribution part(int replica, float value) {
    List<NetworkState.Chain> chains = new ArrayList<>();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(SETTINGS.network())) {
      for (NetworkState.Chain chain : network.parametersAlone().chains()) {
        float[] parameters = new float[chain.parameters().length];
        Arrays.fill(parameters, value);
        chains.add(new NetworkState.Chain(chain.name(), parameters, new float[0]));
      }
    }
    NetworkState state = new NetworkState(chains, 0);
    return new Contribution(
        new WindowId(TestingPipeline.RUN, 2 + replica, 2),
        2,
        new HeldParameters(new TrainedParameters(state, state), null),
        new DistanceMeans(0.1, 0.5),
        false,
        Map.of("loss", 0.5),
        List.of());
  }

  private static List<Float> parameters(TrainedModel model) throws Exception {
    List<Float> values = new ArrayList<>();
    try (QuadrupletNetwork network = TestingNetworks.read(model.bytes()).network()) {
      for (float value : network.parametersAlone().parameters("trunk")) {
        values.add(value);
      }
    }
    return values;
  }
}
