package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.WindowId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
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
        TwoInputStreamOperatorTestHarness<ModelManifest, Release, Release> release =
            pointers(settings)) {
      feed(merge, 0, 5);
      for (TrainedModel model : merge.harness.extractOutputValues()) {
        release.processElement1(registry.publish(model.draft(), model.bytes()), 0);
      }
      pointers = release.extractOutputValues();
    }
    assertThat(pointers)
        .extracting(pointer -> List.of(pointer.identity().version(), pointer.asOf()))
        .containsExactly(List.of(2L, 2L), List.of(4L, 8L));
    assertThat(pointers.get(1).file())
        .isEqualTo(registry.find("quadstream", TestingPipeline.RUN, 4).orElseThrow().file());
  }

  @Test
  void aRollbackMovesThePointerAtOnceAndHoldsItThroughARestart() throws Exception {
    OperatorSubtaskState snapshot;
    try (Harness merge = harness(null)) {
      feed(merge, 0, 4);
      List<ModelManifest> published = publish(merge);
      merge.command(ReleaseCommand.Action.ROLLBACK, published.get(0));

      assertThat(merge.pointers())
          .singleElement()
          .satisfies(
              pointer -> {
                assertThat(pointer.identity()).isEqualTo(published.get(0).identity());
                assertThat(pointer.file()).isEqualTo(published.get(0).file());
                assertThat(pointer.asOf()).isEqualTo(8);
                assertThat(pointer.decision().verdict()).isEqualTo("rolled-back");
                assertThat(pointer.decision().held()).isTrue();
                assertThat(pointer.decision().quarantined()).containsExactly(4L);
              });
      snapshot = merge.harness.snapshot(1, 1);
    }
    try (Harness merge = harness(snapshot)) {
      // Tests against the version that is live no more count for nothing.
      feed(merge, 4, 6);
      assertThat(merge.decisions())
          .extracting(ReleaseDecision::live)
          .as("as of versions 10 and 12")
          .containsExactly(2L, 2L);
      merge.command(ReleaseCommand.Action.UNPIN, null);
      assertThat(merge.pointers().get(0).decision().held()).isFalse();
    }
  }

  /** The topic brings what came after the checkpoint again: the source's offset is in it. */
  @Test
  void aJobThatIsKilledAfterARollbackEndsWhereTheCommandSaid() throws Exception {
    OperatorSubtaskState before;
    List<ModelManifest> published;
    Release pointer;
    try (Harness merge = harness(null)) {
      feed(merge, 0, 4);
      published = publish(merge);
      before = merge.harness.snapshot(1, 1);
      merge.command(ReleaseCommand.Action.ROLLBACK, published.get(0));
      pointer = merge.pointers().get(0);
      feed(merge, 4, 5);
    }
    for (boolean versionFirst : List.of(true, false)) {
      try (Harness merge = harness(before)) {
        if (versionFirst) {
          feed(merge, 4, 5);
        }
        merge.command(ReleaseCommand.Action.ROLLBACK, published.get(0));
        Release again = merge.pointers().get(0);
        assertThat(again.identity()).isEqualTo(pointer.identity());
        assertThat(again.decision().live()).isEqualTo(2);
        assertThat(again.decision().held()).isTrue();
        assertThat(again.decision().quarantined()).containsExactly(4L);
        feed(merge, 5, 8);
        assertThat(merge.decisions()).last().extracting(ReleaseDecision::live).isEqualTo(2L);
      }
    }
  }

  /** Back at a checkpoint, whatever lies between that and the command has yet to happen again. */
  @Test
  void aCommandWaitsUntilTheJobHasComeAgainToWhereItWasGiven() throws Exception {
    OperatorSubtaskState checkpoint;
    List<ModelManifest> published;
    try (Harness merge = harness(null, "release.policy", "every")) {
      checkpoint = merge.harness.snapshot(1, 1);
      feed(merge, 0, 4);
      published = publish(merge);
    }
    ReleaseCommand rollback = asOf(8, ReleaseCommand.Action.ROLLBACK, published.get(2));
    // Damaged, it is still one that the job comes to again.
    Path newest = Path.of(settings().registryDirectory().getPath(), published.get(3).file().path());
    Files.writeString(newest.resolveSibling("v0000000008.json"), "{");
    OperatorSubtaskState again;
    try (Harness merge = harness(checkpoint, "release.policy", "every")) {
      merge.send(rollback);
      feed(merge, 0, 3);
      assertThat(merge.pointers()).as("before version 8").isEmpty();
      again = merge.harness.snapshot(2, 2);
    }
    try (Harness merge = harness(again, "release.policy", "every")) {
      feed(merge, 3, 6);
      assertThat(merge.pointers())
          .singleElement()
          .satisfies(
              pointer -> {
                assertThat(pointer.identity()).isEqualTo(published.get(2).identity());
                assertThat(pointer.asOf()).isEqualTo(8);
                assertThat(pointer.decision().quarantined()).containsExactly(8L);
              });
      assertThat(merge.decisions())
          .extracting(ReleaseDecision::live)
          .as("as of versions 8, 10 and 12")
          .containsExactly(8L, 6L, 6L);
    }
  }

  /** What the command speaks of is the same in both jobs. */
  @Test
  void afterGoingBackACommandOfAVersionBeforeThatDoesNotWaitForWhatWasGivenUp() throws Exception {
    OperatorSubtaskState checkpoint;
    List<ModelManifest> published;
    try (Harness merge = harness(null, "release.policy", "every")) {
      feed(merge, 0, 2);
      checkpoint = merge.harness.snapshot(1, 1);
      feed(merge, 2, 6);
      published = publish(merge);
    }
    try (Harness merge = harness(checkpoint, "release.policy", "every")) {
      merge.send(asOf(12, ReleaseCommand.Action.PIN, published.get(0)));
      merge.send(asOf(12, ReleaseCommand.Action.QUARANTINE, published.get(2)));

      assertThat(merge.pointers()).extracting(Release::asOf).containsExactly(4L);
      assertThat(merge.pointers().get(0).identity().version()).isEqualTo(2);
    }
  }

  @Test
  void aCommandAsOfAVersionThatWasMadeUpDoesNotWait() throws Exception {
    try (Harness merge = harness(null)) {
      feed(merge, 0, 2);
      merge.send(asOf(1_000, ReleaseCommand.Action.PIN, publish(merge).get(1)));
      assertThat(merge.pointers()).extracting(Release::asOf).containsExactly(4L);
    }
  }

  /** They would take the place of commands that do. */
  @Test
  void commandsForAnEarlierRunWaitForNoVersionOfThisOne() throws Exception {
    List<ModelManifest> published;
    try (Harness merge = harness(null, "release.policy", "every")) {
      feed(merge, 0, 4);
      published = publish(merge);
    }
    TestingAssembler.publish(settings(), "an-earlier-run", 1_000);
    try (Harness merge = harness(null, "release.policy", "every")) {
      for (int command = 0; command < 64; command++) {
        merge.send(
            new ReleaseCommand(
                "c",
                "quadstream",
                "an-earlier-run",
                ReleaseCommand.Action.HOLD,
                null,
                null,
                1,
                1_000));
      }
      feed(merge, 0, 1);
      merge.send(asOf(8, ReleaseCommand.Action.ROLLBACK, published.get(2)));
      feed(merge, 1, 5);

      assertThat(merge.pointers()).extracting(Release::asOf).containsExactly(8L);
    }
  }

  private static ReleaseCommand asOf(
      long version, ReleaseCommand.Action action, ModelManifest model) {
    return new ReleaseCommand(
        "a-command",
        "quadstream",
        TestingPipeline.RUN,
        action,
        model.identity().version(),
        model.file().sha256(),
        1,
        version);
  }

  @Test
  void aManifestThatWasDraftedBeforeACommandAndComesAfterItMovesNothing() throws Exception {
    PipelineSettings settings = settings();
    try (Harness merge = harness(null);
        TwoInputStreamOperatorTestHarness<ModelManifest, Release, Release> release =
            pointers(settings)) {
      feed(merge, 0, 4);
      List<ModelManifest> published = publish(merge);
      release.processElement1(published.get(2), 0);
      merge.command(ReleaseCommand.Action.ROLLBACK, published.get(0));
      merge.command(ReleaseCommand.Action.PIN, published.get(2));
      for (Release commanded : merge.pointers()) {
        release.processElement2(commanded, 0);
      }
      // As of it version 4 was live.
      release.processElement1(published.get(3), 0);

      assertThat(release.extractOutputValues())
          .extracting(pointer -> pointer.identity().version())
          .containsExactly(2L, 2L, 6L);
    }
  }

  @Test
  void aManifestThatWasDraftedBeforeTheLiveVersionWasQuarantinedDoesNotBringItBack()
      throws Exception {
    try (Harness merge = harness(null);
        TwoInputStreamOperatorTestHarness<ModelManifest, Release, Release> release =
            pointers(settings())) {
      feed(merge, 0, 5);
      List<ModelManifest> published = publish(merge);
      release.processElement1(published.get(3), 0);
      merge.command(ReleaseCommand.Action.QUARANTINE, published.get(1));
      release.processElement2(merge.pointers().get(0), 0);
      // As of it version 4 was live.
      release.processElement1(published.get(4), 0);

      assertThat(release.extractOutputValues())
          .extracting(pointer -> pointer.identity().version())
          .containsExactly(4L, 2L);
      assertThat(merge.pointers().get(0).decision().commands()).isEqualTo(1);
    }
  }

  @Test
  void aLiveVersionWhoseManifestIsDamagedLeavesThePointerAsItIs() throws Exception {
    try (Harness merge = harness(null);
        TwoInputStreamOperatorTestHarness<ModelManifest, Release, Release> release =
            pointers(settings())) {
      feed(merge, 0, 5);
      List<ModelManifest> published = publish(merge);
      Path live = Path.of(settings().registryDirectory().getPath(), published.get(1).file().path());
      Path manifest = live.resolveSibling("v0000000004.json");
      byte[] whole = Files.readAllBytes(manifest);
      for (byte[] damaged : List.of("{".getBytes(UTF_8), new byte[(1 << 20) + 1])) {
        Files.write(manifest, damaged);
        release.processElement1(published.get(3), 0);
        assertThat(release.extractOutputValues()).isEmpty();
      }
      Files.write(manifest, whole);
      release.processElement1(published.get(4), 0);
      assertThat(release.extractOutputValues())
          .singleElement()
          .satisfies(pointer -> assertThat(pointer.file()).isEqualTo(published.get(1).file()));
    }
  }

  private static TwoInputStreamOperatorTestHarness<ModelManifest, Release, Release> pointers(
      PipelineSettings settings) throws Exception {
    TwoInputStreamOperatorTestHarness<ModelManifest, Release, Release> harness =
        new TwoInputStreamOperatorTestHarness<>(
            new CoProcessOperator<>(new ReleaseFunction(settings)));
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.RELEASE)));
    harness.open();
    return harness;
  }

  @Test
  void whatACommandCannotHaveLeavesTheLiveVersionAlone() throws Exception {
    try (Harness merge = harness(null)) {
      merge.command(ReleaseCommand.Action.HOLD, null);
      feed(merge, 0, 2);
      List<ModelManifest> published = publish(merge);
      ModelManifest second = published.get(1);
      merge.command(ReleaseCommand.Action.QUARANTINE, published.get(0));
      merge.send(command(ReleaseCommand.Action.PIN, TestingPipeline.RUN, 99L, "0".repeat(64)));
      merge.send(command(ReleaseCommand.Action.PIN, TestingPipeline.RUN, null, null));
      merge.send(command(ReleaseCommand.Action.PIN, "another-run", 4L, second.file().sha256()));
      merge.send(command(ReleaseCommand.Action.PIN, TestingPipeline.RUN, 4L, "0".repeat(64)));
      merge.send(
          command(ReleaseCommand.Action.QUARANTINE, TestingPipeline.RUN, 4L, "0".repeat(64)));
      Path manifest = Path.of(settings().registryDirectory().getPath(), second.file().path());
      String json = "v%010d.json".formatted(second.identity().version());
      Files.writeString(manifest.resolveSibling(json), "{\"name\":");
      merge.command(ReleaseCommand.Action.PIN, second);
      Files.write(manifest.resolveSibling(json), JsonMessages.write(second));
      new ModelRegistry(settings().registryDirectory()).delete(second.file().path());
      merge.send(
          command(ReleaseCommand.Action.PIN, TestingPipeline.RUN, 4L, second.file().sha256()));

      assertThat(merge.pointers()).isEmpty();
      feed(merge, 2, 3);
      assertThat(merge.decisions().get(2).live()).isEqualTo(2);
      assertThat(merge.decisions().get(2).held()).isFalse();
    }
  }

  private List<ModelManifest> publish(Harness merge) {
    ModelRegistry registry = new ModelRegistry(settings().registryDirectory());
    return merge.harness.extractOutputValues().stream()
        .map(model -> registry.publish(model.draft(), model.bytes()))
        .toList();
  }

  private static ReleaseCommand command(
      ReleaseCommand.Action action, String run, Long version, String sha256) {
    return new ReleaseCommand("a-command", "quadstream", run, action, version, sha256, 1, 0);
  }

  private List<ReleaseDecision> decisions(int rounds) throws Exception {
    try (Harness merge = harness(null)) {
      feed(merge, 0, rounds);
      return merge.decisions();
    }
  }

  private record Harness(
      KeyedTwoInputStreamOperatorTestHarness<Integer, Contribution, ReleaseCommand, TrainedModel>
          harness)
      implements AutoCloseable {

    void command(ReleaseCommand.Action action, ModelManifest model) throws Exception {
      send(
          ReleaseDecisionsTest.command(
              action,
              TestingPipeline.RUN,
              model == null ? null : model.identity().version(),
              model == null ? null : model.file().sha256()));
    }

    void send(ReleaseCommand command) throws Exception {
      harness.processElement2(command, 0);
    }

    List<Release> pointers() {
      var pointers = harness.getSideOutput(MergeOperator.COMMANDED);
      return pointers == null ? List.of() : pointers.stream().map(StreamRecord::getValue).toList();
    }

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
    KeyedTwoInputStreamOperatorTestHarness<Integer, Contribution, ReleaseCommand, TrainedModel>
        harness =
            new KeyedTwoInputStreamOperatorTestHarness<>(
                new MergeOperator(settings(changes)),
                contribution -> 0,
                command -> 0,
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
                        4, 2, 200, new PairedCounts(200, 30, 0), new PairedCounts(100, 15, 0)))
                : List.of();
        merge.harness.processElement1(
            new Contribution(
                new WindowId(TestingPipeline.RUN, 2L * round + 1, 1),
                2,
                new HeldParameters(new TrainedParameters(state, state), null),
                new DistanceMeans(0.1, 0.7),
                false,
                Map.of(),
                tests),
            0);
      }
    }
  }
}
