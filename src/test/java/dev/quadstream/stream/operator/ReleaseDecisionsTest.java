package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.WindowId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The decision on the release in the manifests that the merge drafts. P = 2. */
class ReleaseDecisionsTest {

  @TempDir Path directory;

  /** Version 4 is tested in round 6, and again in round 8, where it is fit. */
  private static final List<Long> LIVE = List.of(2L, 2L, 2L, 4L, 4L);

  @Test
  void eachManifestSaysWhatIsLiveAsOfItByTheTestsOfTheWindowsBeforeIt() throws Exception {
    assertThat(decisions(5)).extracting(ReleaseDecision::live).isEqualTo(LIVE);
    assertThat(decisions(3).get(2).evidence())
        .isEqualTo(
            new ReleaseDecision.Evidence(
                4,
                2,
                new ReleaseDecision.Counts(200, 30, 0),
                new ReleaseDecision.Counts(100, 15, 0),
                1));
    assertThat(decisions(4).get(3).previous()).isEqualTo(2);
  }

  @Test
  void aRestoredRunDecidesTheSame() throws Exception {
    List<ReleaseDecision> expected = decisions(5);
    for (int cut = 1; cut < 5; cut++) {
      List<ReleaseDecision> decisions = new ArrayList<>();
      OperatorSubtaskState snapshot;
      try (Harness merge = harness(null)) {
        feed(merge, 0, cut);
        snapshot = merge.harness.snapshot(1, 1);
        decisions.addAll(merge.decisions());
      }
      try (Harness merge = harness(snapshot)) {
        feed(merge, cut, 5);
        decisions.addAll(merge.decisions());
      }
      assertThat(decisions).as("cut after %d rounds", cut).isEqualTo(expected);
    }
  }

  @Test
  void theEveryPolicyReleasesEachVersion() throws Exception {
    try (Harness merge = harness(null, "release.policy", "every")) {
      feed(merge, 0, 3);
      assertThat(merge.decisions()).extracting(ReleaseDecision::live).containsExactly(2L, 4L, 6L);
    }
  }

  /** As the releases topic has it: not with each version, and with the live file's checksum. */
  @Test
  void thePointerIsWrittenWhenItMoves() throws Exception {
    PipelineSettings settings = settings();
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    List<Release> pointers;
    try (Harness merge = harness(null);
        OneInputStreamOperatorTestHarness<ModelManifest, Release> release =
            new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new ReleaseFunction(settings)))) {
      release.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.RELEASE)));
      release.open();
      feed(merge, 0, 5);
      for (TrainedModel model : merge.harness.extractOutputValues()) {
        release.processElement(registry.publish(model.draft(), model.bytes()), 0);
      }
      pointers = release.extractOutputValues();
    }
    assertThat(pointers)
        .extracting(pointer -> List.of(pointer.identity().version(), pointer.asOf()))
        .containsExactly(List.of(2L, 2L), List.of(4L, 8L));
    assertThat(pointers.get(1).file())
        .isEqualTo(registry.find("quadstream", TestingPipeline.RUN, 4).orElseThrow().file());
  }

  private List<ReleaseDecision> decisions(int rounds) throws Exception {
    try (Harness merge = harness(null)) {
      feed(merge, 0, rounds);
      return merge.decisions();
    }
  }

  private record Harness(
      KeyedOneInputStreamOperatorTestHarness<Integer, Contribution, TrainedModel> harness)
      implements AutoCloseable {

    List<ReleaseDecision> decisions() {
      return harness.extractOutputValues().stream().map(model -> model.draft().release()).toList();
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }

  private PipelineSettings settings(String... changes) {
    List<String> all = new ArrayList<>(List.of(changes));
    all.addAll(List.of("registry.directory", directory.toString()));
    return TestingPipeline.settings(all.toArray(String[]::new));
  }

  private Harness harness(OperatorSubtaskState restored, String... changes) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<Integer, Contribution, TrainedModel> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new MergeOperator(settings(changes)),
            contribution -> 0,
            Types.INT,
            ReplicaKeys.MAX_PARALLELISM,
            1,
            0);
    harness.setCheckpointStorage(TestingPipeline.roomyStorage());
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.TRAINED_MODEL)));
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return new Harness(harness);
  }

  private void feed(Harness merge, int from, int to) throws Exception {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings().network())) {
      NetworkState state = network.parametersAlone();
      for (int round = from; round < to; round++) {
        List<PairedTest> tests =
            round == 2 || round == 3
                ? List.of(
                    new PairedTest(
                        4, 2, new PairedCounts(200, 30, 0), new PairedCounts(100, 15, 0)))
                : List.of();
        merge.harness.processElement(
            new Contribution(
                new WindowId(TestingPipeline.RUN, 2L * round + 1, 1),
                2,
                new TrainedParameters(state, state),
                new DistanceMeans(0.1, 0.7),
                false,
                Map.of(),
                null,
                tests),
            0);
      }
    }
  }
}
