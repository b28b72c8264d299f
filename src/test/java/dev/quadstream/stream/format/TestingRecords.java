package dev.quadstream.stream.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.registry.Retention;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.Exemplar;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.HarmBets;
import dev.quadstream.training.HarmEvidence;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.LateLabels;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.ReleaseState;
import dev.quadstream.training.ReleaseTrial;
import dev.quadstream.training.ReleasedVectors;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.Replica;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.StreamEvidence;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowDealer;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeader;

/** One small value of every format, all fields set. Golden files hold these: they never change. */
final class TestingRecords {

  private static final PublishingSchedule PUBLISHING = PublishingSchedule.every(8).changedTo(5, 20);

  static final Map<RecordFormat<?>, Object> BY_FORMAT = new LinkedHashMap<>();

  static {
    BY_FORMAT.put(RecordFormats.SOURCE_RECORD, sourceRecord());
    BY_FORMAT.put(
        RecordFormats.DEAD_LETTER, new DeadLetter(sourceRecord(), "missing-label", "No label: λ."));
    BY_FORMAT.put(RecordFormats.IMAGE_EVENT, ImageEvent.arrived(image("café-1", "café", 1)));
    BY_FORMAT.put(
        RecordFormats.IMAGE_QUESTION,
        new ImageQuestion(
            "café-9", 9, image("café-9", "", 9).image(), new RecordPlace(3, 1L << 40, 9, 2, 5)));
    BY_FORMAT.put(
        RecordFormats.WAITING_QUESTION,
        new WaitingQuestion(
            new ImageQuestion(
                "café-9", 9, image("café-9", "", 9).image(), new RecordPlace(3, 1L << 40, 9, 2, 5)),
            "café"));
    BY_FORMAT.put(
        RecordFormats.LABEL_LEDGER, new LabelLedger(47, List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 19L)));
    BY_FORMAT.put(RecordFormats.PARTITION_LEDGER, ledger());
    BY_FORMAT.put(RecordFormats.OPEN_WINDOW, new OpenWindow(7, 31, 2, 5, 1_700_000_000_000L));
    BY_FORMAT.put(RecordFormats.IMAGE_WINDOW, window());
    BY_FORMAT.put(RecordFormats.WINDOW_DEALER, dealer());
    BY_FORMAT.put(RecordFormats.REPLICA_MEMORY, replicaMemory());
    BY_FORMAT.put(RecordFormats.TRAINING_BATCH, trainingBatch());
    BY_FORMAT.put(RecordFormats.REPLICA_TRAINING, replicaTraining());
    BY_FORMAT.put(RecordFormats.CONTRIBUTION, contribution());
    BY_FORMAT.put(
        RecordFormats.ROUNDS,
        new Rounds(
            12,
            32,
            List.of(contribution(), contribution().with(stored())),
            new OuterStep.State(ofRound().end(), ofRound().end().average())));
    BY_FORMAT.put(
        RecordFormats.EMBEDDING_UPDATE,
        new EmbeddingUpdate("run-7", "café-1", "café", 12, 11, new float[] {0.6f, -0.8f}));
    BY_FORMAT.put(RecordFormats.REPORT, report());
    BY_FORMAT.put(RecordFormats.MANIFEST, manifest());
    BY_FORMAT.put(RecordFormats.RELEASE_STATE, releaseState());
    BY_FORMAT.put(
        RecordFormats.RELEASE,
        new Release(
            manifest().identity(),
            new ModelManifest.File("quadstream/run-7/x.qsm", "abc", 4),
            1_700_000_000_000L,
            48,
            new ReleaseDecision(40, 8L, "gate", "released", false, List.of(16L), null)));
    BY_FORMAT.put(
        RecordFormats.RELEASE_COMMAND,
        new ReleaseCommand(
            "1b4e28ba", "icons", "run-7", ReleaseCommand.Action.ROLLBACK, 40L, "abc", 1_700L, 0));
    BY_FORMAT.put(
        RecordFormats.TRAINED_MODEL,
        new TrainedModel(manifest(), new byte[] {80, 75, 0, -1}, List.of(stored())));
    BY_FORMAT.put(
        RecordFormats.RETENTION,
        new Retention(
            List.of(
                new Retention.Model(
                    12, "icons/run-7/v0000000012-0123456789ab.qsm", 4_096, 8, List.of(8L, 4L))),
            List.of(new Retention.Snapshot(3, "file:/checkpoints/7f/chk-3/_metadata", 8, 12)),
            List.of()));
  }

  private TestingRecords() {}

  /** Compares by content, arrays and NaN included. */
  static void assertEqual(Object actual, Object expected) {
    assertThat(actual)
        .usingRecursiveComparison()
        .withEqualsForType(RecordHeader::equals, RecordHeader.class)
        .withEqualsForType(Double::equals, Double.class)
        .withEqualsForType(Arrays::equals, float[].class)
        .withEqualsForType(Arrays::equals, byte[].class)
        .isEqualTo(expected);
  }

  static LabeledImage image(String id, String label, int seed) {
    ImageShape shape = new ImageShape(1, 8, 9);
    byte[] pixels = new byte[shape.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (seed * 31 + i * 7);
    }
    return new LabeledImage(id, label, 1_700_000_000_000L + seed, new PixelImage(shape, pixels));
  }

  static SourceRecord sourceRecord() {
    return new SourceRecord(
        "images",
        3,
        1L << 40,
        1_700_000_000_000L,
        "café-1".getBytes(UTF_8),
        new byte[] {0, -1, 127, -128},
        List.of(
            new RecordHeader("label", "café".getBytes(UTF_8)),
            new RecordHeader("trace", new byte[] {1}),
            new RecordHeader("trace", new byte[] {2})));
  }

  static PartitionLedger ledger() {
    return new PartitionLedger(3, 1L << 40, 120, 80, 5, 20, 3, 12, 4);
  }

  static ImageWindow window() {
    return new ImageWindow(
        new WindowId("run-7", 41, 1), PUBLISHING, events(), RemoteChanges.NOTHING, 0, List.of());
  }

  private static List<ImageEvent> events() {
    return List.of(
        ImageEvent.arrived(image("café-1", "café", 1)),
        ImageEvent.removed("thé-7"),
        ImageEvent.arrived(image("thé-8", "thé", 2)));
  }

  static WindowDealer dealer() {
    return new WindowDealer(
        new WindowId("run-7", 42, 3),
        PUBLISHING,
        List.of(
            new RemoteChanges(
                List.of("café-1", "thé-8"),
                List.of("thé-7"),
                List.of(new LabelUpdate("café-3", "thé"), new LabelUpdate("thé-5", null))),
            RemoteChanges.NOTHING),
        new WindowDealer.Rescale(60, 2));
  }

  /**
   * A value as it is read from the bytes of an earlier version: what those did not hold is not
   * there.
   */
  static Object asReadFrom(RecordFormat<?> format, int version, Object value) {
    if (format == RecordFormats.IMAGE_WINDOW && version < 3) {
      return new ImageWindow(
          new WindowId(WindowFields.NO_RUN, ((ImageWindow) value).id().number(), 1),
          PublishingSchedule.every(1),
          events(),
          RemoteChanges.NOTHING,
          0,
          List.of());
    }
    if (format == RecordFormats.PARTITION_LEDGER && version < 2) {
      return new PartitionLedger(3, 1L << 40, 120, 80, 5, 20, 3, 12, 0);
    }
    if (format == RecordFormats.EMBEDDING_UPDATE && version < 2) {
      EmbeddingUpdate update = (EmbeddingUpdate) value;
      return new EmbeddingUpdate(
          WindowFields.NO_RUN,
          update.id(),
          update.label(),
          update.modelVersion(),
          update.window(),
          update.vector());
    }
    if (format == RecordFormats.REPLICA_TRAINING && version < 5) {
      ReplicaTraining training = (ReplicaTraining) value;
      return new ReplicaTraining(
          training.spec(),
          fromTheStart(training.trainer()),
          version == 4
              ? withTests(training.progress(), null, List.of())
              : new Replica.Progress(
                  new WindowId("run-7", 40, 1), 40, 0, false, List.of(), null, List.of()));
    }
    if (format == RecordFormats.REPLICA_TRAINING && version < 8) {
      ReplicaTraining training = (ReplicaTraining) value;
      return new ReplicaTraining(
          training.spec(),
          training.trainer(),
          withTests(
              training.progress(),
              training.progress().start(),
              version < 6 ? List.of() : List.of(pairedAsOf(version))));
    }
    if (format == RecordFormats.CONTRIBUTION && version < 6) {
      return asOf((Contribution) value, version);
    }
    if (format == RecordFormats.WINDOW_DEALER && version < 3) {
      WindowDealer dealer = (WindowDealer) value;
      List<RemoteChanges> recent =
          dealer.recent().stream()
              .map(elsewhere -> new RemoteChanges(elsewhere.arrived(), elsewhere.removed()))
              .toList();
      return new WindowDealer(
          dealer.next(), dealer.publishing(), recent, version < 2 ? null : dealer.rescale());
    }
    if (format == RecordFormats.OPEN_WINDOW && version < 2) {
      OpenWindow window = (OpenWindow) value;
      return new OpenWindow(
          window.opened(), window.images(), window.removals(), 0, window.deadline());
    }
    if (format == RecordFormats.TRAINED_MODEL && version < 2) {
      TrainedModel model = (TrainedModel) value;
      return new TrainedModel(model.draft(), model.bytes(), List.of());
    }
    if (format == RecordFormats.ROUNDS && version < 6) {
      Rounds rounds = (Rounds) value;
      return new Rounds(
          version < 2 ? 0 : rounds.first(),
          rounds.merged(),
          rounds.open().stream()
              .limit(version < 5 ? 1 : rounds.open().size())
              .map(part -> asOf(part, version))
              .toList(),
          version < 2 ? null : rounds.outer());
    }
    if (format == RecordFormats.REPLICA_MEMORY && version < 9) {
      ReplicaMemory memory = (ReplicaMemory) value;
      ReleasedVectors released = memory.released();
      return new ReplicaMemory(
          memory.run(),
          memory.memory(),
          version < 6
              ? new ReleasedVectors()
              : new ReleasedVectors(released.release(), released.byId()),
          memory.waiting());
    }
    if (format == RecordFormats.TRAINING_BATCH && version < 8) {
      TrainingBatch batch = (TrainingBatch) value;
      return with(
          batch,
          version < 6 ? LateLabels.NONE : batch.changes().lateLabels(),
          version < 4 ? null : pairedAsOf(version));
    }
    return value;
  }

  private static TrainingBatch with(TrainingBatch batch, LateLabels lateLabels, PairedTest paired) {
    return new TrainingBatch(
        batch.id(),
        batch.publish(),
        batch.miningVersion(),
        batch.mined(),
        new TrainingBatch.Changes(batch.changes().removedIds(), lateLabels),
        new TrainingBatch.Tests(batch.tests().prequential(), paired),
        batch.memory(),
        batch.stageNanos(),
        batch.ledger());
  }

  private static Contribution asOf(Contribution value, int version) {
    return new Contribution(
        value.last(),
        value.trained(),
        version < 2 ? new HeldParameters(ofRound().end(), null) : value.parameters(),
        value.means(),
        value.warmingUp(),
        value.figures(),
        version < 3 ? List.of() : List.of(version < 4 ? pairedEarlier() : pairedOfNearest()));
  }

  private static Replica.Progress withTests(
      Replica.Progress value, TrainedParameters start, List<PairedTest> tests) {
    return new Replica.Progress(
        value.last(),
        value.ended(),
        value.trained(),
        value.rolledBack(),
        value.open(),
        start,
        tests);
  }

  private static TrainerState fromTheStart(TrainerState state) {
    return new TrainerState(
        state.version(),
        state.network(),
        state.average(),
        state.means(),
        state.warmUpWindowsLeft(),
        state.fallback(),
        state.refusedInARow(),
        state.refused(),
        state.collapses(),
        false);
  }

  static ReplicaMemory replicaMemory() {
    ExemplarMemory memory =
        ExemplarMemory.of(
            64,
            List.of(
                new ExemplarMemory.Group(
                    "café",
                    9,
                    List.of(
                        new Exemplar(image("café-3", "café", 3), new float[] {1, 0}, 12),
                        new Exemplar(image("café-4", "café", 4), new float[] {0.6f, 0.8f}, 12))),
                new ExemplarMemory.Group(
                    "thé",
                    1,
                    List.of(new Exemplar(image("thé-5", "thé", 5), new float[] {0, -1}, 12)))));
    ReleasedVectors released =
        new ReleasedVectors(
            8,
            Map.of("café-3", new float[] {0.8f, 0.6f}, "thé-5", new float[] {1, 0}),
            12,
            Map.of("café-4", new float[] {0, 1}, "thé-5", new float[] {0.6f, 0.8f}));
    return new ReplicaMemory("run-7", memory, released, List.of(window()));
  }

  static TrainingBatch trainingBatch() {
    Map<String, Long> stages = new LinkedHashMap<>();
    stages.put("embed", 17L);
    stages.put("mine", 5L);
    return new TrainingBatch(
        new WindowId("run-7", 41, 1),
        true,
        40,
        new TrainingBatch.Mined(
            List.of(
                image("café-1", "café", 1),
                image("café-3", "café", 3),
                image("thé-8", "thé", 2),
                image("maté-1", "maté", 6)),
            2,
            List.of(new Quadruplet(0, 1, 2, 3), new Quadruplet(1, 0, 3, 2)),
            4),
        new TrainingBatch.Changes(List.of("thé-7"), new LateLabels(4, 3, 2)),
        new TrainingBatch.Tests(new Prequential(2, 1, 1), paired()),
        new WindowReport.Memory(63, 9),
        stages,
        List.of());
  }

  static ReplicaTraining replicaTraining() {
    NetworkState network =
        TestingNetworks.state(
            new float[] {1, -0.5f, Float.MIN_VALUE},
            new float[] {0.25f, 0, -0f, 3, 4, 5},
            new float[] {7},
            new float[] {8, 9},
            39);
    NetworkState good =
        TestingNetworks.state(
            new float[] {2, 2, 2}, new float[6], new float[] {6}, new float[2], 30);
    return new ReplicaTraining(
        new NetworkSpec(
            TrunkKind.SMALL,
            new ImageShape(1, 28, 30),
            null,
            8,
            MetricKind.LEARNED,
            UpdaterKind.ADAM,
            1e-3,
            5),
        new TrainerState(
            41,
            network,
            network.parametersAlone(),
            new DistanceMeans(0.125, 0.75),
            3,
            good,
            1,
            2,
            1,
            true),
        new Replica.Progress(
            new WindowId("run-7", 40, 1),
            40,
            1,
            true,
            List.of(new Replica.RoundEnd(32, ofRound().end(), new DistanceMeans(0.25, 0.5))),
            ofRound().start(),
            List.of(paired())));
  }

  static Contribution contribution() {
    return new Contribution(
        new WindowId("run-7", 122, 3),
        7,
        ofRound(),
        new DistanceMeans(0.125, 0.75),
        true,
        Map.of("loss", 0.5),
        List.of(paired()));
  }

  static StoredParameters stored() {
    return new StoredParameters(
        "icons/run-7/contributions/w0000000122-0123456789ab.qsc",
        1L << 33,
        "0123456789ab".repeat(5) + "cdef",
        true,
        true,
        41);
  }

  private static HeldParameters ofRound() {
    return new HeldParameters(
        new TrainedParameters(
            TestingNetworks.state(
                new float[] {1, -0.5f}, new float[0], new float[] {7}, new float[0], 0),
            TestingNetworks.state(
                new float[] {1, -0.25f}, new float[0], new float[] {6}, new float[0], 0)),
        new TrainedParameters(
            TestingNetworks.state(
                new float[] {3, 0.5f}, new float[0], new float[] {5}, new float[0], 0),
            TestingNetworks.state(
                new float[] {2, 0.25f}, new float[0], new float[] {4}, new float[0], 0)));
  }

  static PairedTest paired() {
    return new PairedTest(
        40,
        8,
        75,
        new PairedCounts(60, 4, 2),
        new PairedCounts(21, 1, 2),
        new HarmBets(List.of(-0.5, -1.25, -3.0)),
        new HarmBets(List.of(0.25, 0.375, 0.125)));
  }

  /** Of a batch or a training as of a version. */
  private static PairedTest pairedAsOf(int version) {
    return version < 7 ? pairedEarlier() : pairedOfNearest();
  }

  /** As it was while nothing but the nearest was looked at. */
  private static PairedTest pairedOfNearest() {
    return new PairedTest(40, 8, 75, paired().all(), paired().longKnown());
  }

  /** As it was before it said how many images could be found. */
  private static PairedTest pairedEarlier() {
    return new PairedTest(40, 8, 0, paired().all(), paired().longKnown());
  }

  static ReleaseState releaseState() {
    return new ReleaseState(
        40,
        8L,
        true,
        0.25,
        ReleaseState.Verdict.ROLLED_BACK,
        List.of(16L, 24L),
        new ReleaseTrial(44, 48, 44, new PairedCounts(60, 4, 2), new PairedCounts(21, 1, 2), 256),
        new HarmEvidence(List.of(0.0, 0.0, 0.0, 0.14149956227369948, 0.11778303565638348, 0.0)),
        StreamEvidence.NONE,
        0);
  }

  static ModelManifest manifest() {
    return ModelManifest.draft(
        new ModelManifest.Identity("quadstream", "run-7", 40),
        39,
        1_700_000_000_000L,
        new ModelManifest.Network("0123456789abcdef", "small", "learned", 8, "1x28x30", null),
        new ModelManifest.Margins(0.5, 0.25),
        Map.of("loss", 0.75));
  }

  static WindowReport report() {
    Map<String, Double> stages = new LinkedHashMap<>();
    stages.put("forward", 1.5);
    stages.put("embed", 0.25);
    return new WindowReport(
        // Reports did not tell their run when the file was written.
        new WindowReport.Identity(null, 1, 41, 42),
        new WindowReport.Images(2, 4, 1),
        new WindowReport.Mining(40, 4, 2, 2, 1),
        new WindowReport.Loss(0.9, 0.5, 0.25, 0.15, 12.5),
        new WindowReport.Margins(0.5, 0.25, 0.125, 0.75, false),
        new Prequential(2, 1, 1),
        new WindowReport.Memory(63, 9),
        new WindowReport.Health(2, 1, "The loss is NaN.", List.of("café-1", "thé-8")),
        new WindowReport.Details(
            stages,
            List.of(
                new HardQuadruplet(
                    new HardQuadruplet.Images("café-1", "café-2", "thé-8", "eau-3"),
                    new HardQuadruplet.Labels("café", "thé", "eau"),
                    new HardQuadruplet.Distances(0.75, 0.5, null),
                    0.5)),
            null));
  }
}
