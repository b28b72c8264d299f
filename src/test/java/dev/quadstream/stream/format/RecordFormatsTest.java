package dev.quadstream.stream.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Retention;
import dev.quadstream.training.Exemplar;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.ReleasedVectors;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.Replica;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatsTest {

  private static final ClassLoader LOADER = RecordFormatsTest.class.getClassLoader();

  static Stream<Arguments> records() {
    return TestingRecords.BY_FORMAT.entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey().name(), entry.getKey(), entry.getValue()));
  }

  static Stream<Arguments> edgeCases() {
    LabeledImage colour =
        new LabeledImage(
            "", "𝄞", -1, new PixelImage(new ImageShape(3, 1024, 8), new byte[3 * 1024 * 8]));
    return Stream.of(
        Arguments.of(
            "no key, no value, no headers",
            RecordFormats.SOURCE_RECORD,
            new SourceRecord("t", 0, 0, -1, null, null, List.of())),
        Arguments.of(
            "records that are gone",
            RecordFormats.SOURCE_RECORD,
            SourceRecord.of(new OffsetGap("t", 3, -1, 1L << 40, "Gone: λ."))),
        Arguments.of(
            "empty key and value, header of null",
            RecordFormats.SOURCE_RECORD,
            new SourceRecord(
                "t", 0, 0, -1, new byte[0], new byte[0], List.of(new RecordHeader("", null)))),
        Arguments.of("removal", RecordFormats.IMAGE_EVENT, ImageEvent.removed("thé 🍵")),
        Arguments.of(
            "labelled later",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.labelled(TestingRecords.image("a", "b", 1), new RecordPlace(0, 0, 1, 0, 1))),
        Arguments.of(
            "replacement",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.replaced("thé 🍵", new RecordPlace(0, 0, 1, 0, 1))),
        Arguments.of(
            "correction",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.corrected(new LabelUpdate("a", "thé 🍵"))),
        Arguments.of(
            "withdrawal",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.corrected(new LabelUpdate("a", null))),
        Arguments.of(
            "passed",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.passed("thé 🍵", new RecordPlace(0, 0, 1, 0, 1))),
        Arguments.of(
            "closed question",
            RecordFormats.IMAGE_QUESTION,
            ImageQuestion.closed("thé 🍵", new RecordPlace(3, 1L << 40, 9, 2, 5))),
        Arguments.of(
            "closed by nobody knows which record",
            RecordFormats.IMAGE_QUESTION,
            ImageQuestion.closed("thé 🍵", null)),
        Arguments.of(
            "no label yet",
            RecordFormats.WAITING_QUESTION,
            new WaitingQuestion(
                new ImageQuestion(
                    "a",
                    1,
                    TestingRecords.image("a", "", 1).image(),
                    new RecordPlace(0, 0, 1, 0, 1)),
                null)),
        Arguments.of(
            "removal with its place",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.removed("thé 🍵").at(new RecordPlace(3, 1L << 40, 9, 2, 4))),
        Arguments.of(
            "arrival with its place",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.arrived(TestingRecords.image("a", "b", 1), 5)
                .at(new RecordPlace(0, 0, 1, 0, 0))),
        Arguments.of(
            "colour, largest side",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.arrived(colour, 1L << 40)),
        Arguments.of(
            "id longer than writeUTF takes",
            RecordFormats.IMAGE_EVENT,
            ImageEvent.removed("é".repeat(70_000))),
        Arguments.of(
            "no events",
            RecordFormats.IMAGE_WINDOW,
            new ImageWindow(
                new WindowId("r", 0, 4),
                PublishingSchedule.every(1),
                List.of(),
                new RemoteChanges(
                    List.of("a"), List.of("", "é"), List.of(new LabelUpdate("é", null))),
                7,
                List.of(TestingRecords.ledger()))),
        Arguments.of(
            "empty memory, nothing waiting",
            RecordFormats.REPLICA_MEMORY,
            new ReplicaMemory("r", new ExemplarMemory(1), new ReleasedVectors(), List.of())),
        Arguments.of(
            "empty batch",
            RecordFormats.TRAINING_BATCH,
            new TrainingBatch(
                new WindowId("r", 0, 1),
                false,
                0,
                new TrainingBatch.Mined(List.of(), 0, List.of(), 0),
                TrainingBatch.Changes.NONE,
                new TrainingBatch.Tests(new Prequential(0, 0, 0), null),
                new WindowReport.Memory(0, 0),
                Map.of(),
                List.of(TestingRecords.ledger()))),
        Arguments.of("features", RecordFormats.IMAGE_EVENT, ImageEvent.arrived(features(384), 7)),
        Arguments.of(
            "question of features",
            RecordFormats.IMAGE_QUESTION,
            new ImageQuestion("a", 9, features(2).image(), new RecordPlace(3, 1L << 40, 9, 2, 5))),
        Arguments.of("a state behind a backbone", RecordFormats.REPLICA_TRAINING, behindBackbone()),
        Arguments.of("no floats", RecordFormats.REPLICA_TRAINING, training(0)),
        Arguments.of("one buffer of floats", RecordFormats.REPLICA_TRAINING, training(16_384)),
        Arguments.of("one float more", RecordFormats.REPLICA_TRAINING, training(16_385)),
        Arguments.of("three buffers and some", RecordFormats.REPLICA_TRAINING, training(50_001)),
        Arguments.of(
            "removed embedding",
            RecordFormats.EMBEDDING_UPDATE,
            new EmbeddingUpdate("r", "a", null, 0, 0, null)),
        Arguments.of(
            "embedding without a label",
            RecordFormats.EMBEDDING_UPDATE,
            new EmbeddingUpdate("r", "a", null, 0, -1, new float[] {1})),
        Arguments.of("untrained window", RecordFormats.REPORT, untrained()),
        Arguments.of("unknown margins", RecordFormats.MANIFEST, withoutMargins()),
        Arguments.of(
            "empty model",
            RecordFormats.TRAINED_MODEL,
            new TrainedModel(withoutMargins(), new byte[0], List.of())),
        Arguments.of(
            "parameters in a file",
            RecordFormats.CONTRIBUTION,
            TestingRecords.contribution().with(TestingRecords.stored())),
        Arguments.of(
            "files that were merged",
            RecordFormats.RETENTION,
            new Retention(
                List.of(),
                List.of(),
                List.of(new Retention.Merged("a/b/contributions/c.qsc", 1L << 33, List.of(4L))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"records", "edgeCases"})
  <T> void aRecordComesBackAsItWas(String name, RecordFormat<T> format, T value) throws Exception {
    DataInputDeserializer in = new DataInputDeserializer(bytes(format, value));
    T read = serializer(format).deserialize(in);
    TestingRecords.assertEqual(read, value);
    assertThat(in.available()).as("bytes left over").isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"records", "edgeCases"})
  <T> void aCopyIsEqualAndCopiesOfBytesAreTheBytes(String name, RecordFormat<T> format, T value)
      throws Exception {
    TestingRecords.assertEqual(serializer(format).copy(value), value);
    byte[] bytes = bytes(format, value);
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer(format).copy(new DataInputDeserializer(bytes), out);
    assertThat(out.getCopyOfBuffer()).isEqualTo(bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T> void typeAndSerializerTravelByJavaSerialisation(String name, RecordFormat<T> format, T value)
      throws Exception {
    TypeInformation<T> type = RecordFormats.typeOf(format);
    TypeInformation<T> sentType = InstantiationUtil.clone(type);
    assertThat(sentType).isEqualTo(type).hasSameHashCodeAs(type);
    assertThat(sentType.getTypeClass()).isEqualTo(format.type()).isEqualTo(value.getClass());

    TypeSerializer<T> serializer = serializer(format);
    TypeSerializer<T> sent = InstantiationUtil.clone(serializer);
    assertThat(sent).isEqualTo(serializer).hasSameHashCodeAs(serializer);
    assertThat(sent.duplicate()).isEqualTo(serializer);
    TestingRecords.assertEqual(
        sent.deserialize(new DataInputDeserializer(bytes(format, value))), value);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T> void aSerializerComesBackFromTheSnapshotInACheckpoint(
      String name, RecordFormat<T> format, T value) throws Exception {
    TypeSerializer<T> serializer = serializer(format);
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<T> read =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), LOADER);

    assertThat(read.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer.snapshotConfiguration().resolveSchemaCompatibility(read).isCompatibleAsIs())
        .isTrue();
    TestingRecords.assertEqual(
        read.restoreSerializer().deserialize(new DataInputDeserializer(bytes(format, value))),
        value);
  }

  @Test
  void aWindowKeepsTheFirstOneThatItsReplicasWereDealt() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    WindowId id = new WindowId("r", 17, 2, 9);
    WindowFields.writeId(id, out);

    assertThat(WindowFields.readId(new DataInputDeserializer(out.getCopyOfBuffer()))).isEqualTo(id);
  }

  @Test
  void theStateOfOneFormatIsNotReadAsAnother() {
    TypeSerializerSnapshot<ImageEvent> events =
        serializer(RecordFormats.IMAGE_EVENT).snapshotConfiguration();
    // What a user gets who swaps two operators' uids; the compiler would not let it happen.
    @SuppressWarnings({"unchecked", "rawtypes"})
    TypeSerializerSnapshot<ImageEvent> windows =
        (TypeSerializerSnapshot) serializer(RecordFormats.IMAGE_WINDOW).snapshotConfiguration();
    assertThat(events.resolveSchemaCompatibility(windows).isIncompatible()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T> void aRecordOfALaterVersionIsRefusedNamingFormatAndVersions(
      String name, RecordFormat<T> format, T value) throws Exception {
    byte[] later = bytes(format, value);
    later[0] = (byte) (format.version() + 1);
    assertThatThrownBy(() -> serializer(format).deserialize(new DataInputDeserializer(later)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "A record of format '%s' has version %d; this Quadstream reads 1 to %d. Restore it with the version that wrote it.",
            format.name(), format.version() + 1, format.version());
    later[0] = 0;
    assertThatThrownBy(() -> serializer(format).deserialize(new DataInputDeserializer(later)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has version 0");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T> void aRecordThatEndsEarlyIsAnErrorAndNotAShorterRecord(
      String name, RecordFormat<T> format, T value) throws Exception {
    byte[] bytes = bytes(format, value);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 20; i++) {
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      assertThatThrownBy(() -> serializer(format).deserialize(new DataInputDeserializer(cut)))
          .as("%d of %d bytes", cut.length, bytes.length)
          .isInstanceOf(Exception.class);
    }
  }

  /** Found by HostileStateIT: an array of the length that a damaged field gives, read or not. */
  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 500_000_000, -2})
  void aDamagedLengthIsAnErrorAndNotAnAllocation(int length) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    out.writeInt(length);
    byte[] damaged = out.getCopyOfBuffer();
    assertThatThrownBy(() -> Fields.readFloats(new DataInputDeserializer(damaged)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Fields.readList(new DataInputDeserializer(damaged), Fields::readText))
        .isInstanceOf(IOException.class);
    if (length > 0) {
      assertThatThrownBy(() -> Fields.readBytes(new DataInputDeserializer(damaged)))
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1 << 20, (1 << 20) + 1, 3_000_001})
  void longArraysComeBackAsTheyWere(int length) throws Exception {
    byte[] bytes = new byte[length];
    float[] floats = new float[length];
    SplittableRandom random = new SplittableRandom(length);
    random.nextBytes(bytes);
    for (int i = 0; i < length; i++) {
      floats[i] = random.nextInt();
    }
    DataOutputSerializer out = new DataOutputSerializer(64);
    Fields.writeBytes(bytes, out);
    Fields.writeFloats(floats, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertThat(Fields.readBytes(in)).isEqualTo(bytes);
    assertThat(Fields.readFloats(in)).isEqualTo(floats);
    assertThat(in.available()).isZero();
  }

  @Test
  void anUnknownFormatIsAnErrorThatSaysWhereItMayComeFrom() {
    assertThatThrownBy(() -> RecordFormats.byName("shard-memories"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'shard-memories'")
        .hasMessageContaining("another version of Quadstream");
  }

  @Test
  void everyFormatIsTestedHereAndFoundByItsName() throws Exception {
    Set<RecordFormat<?>> tested = TestingRecords.BY_FORMAT.keySet();
    for (Field field : RecordFormats.class.getFields()) {
      if (field.get(null) instanceof RecordFormat<?> format) {
        assertThat(tested).contains(format);
        assertThat(RecordFormats.<Object>byName(format.name())).isSameAs(format);
      }
    }
  }

  @Test
  void aCopyOfAReplicasMemorySharesNothingThatChanges() throws Exception {
    ReplicaMemory original =
        new ReplicaMemory(
            "r",
            TestingRecords.replicaMemory().memory().copy(),
            new ReleasedVectors(),
            new ArrayList<>(List.of(TestingRecords.window())));
    byte[] before = bytes(RecordFormats.REPLICA_MEMORY, original);
    ReplicaMemory copy = serializer(RecordFormats.REPLICA_MEMORY).copy(original);

    change(copy);
    assertThat(bytes(RecordFormats.REPLICA_MEMORY, original)).isEqualTo(before);

    ReplicaMemory second = serializer(RecordFormats.REPLICA_MEMORY).copy(original);
    change(original);
    assertThat(bytes(RecordFormats.REPLICA_MEMORY, original)).isNotEqualTo(before);
    assertThat(bytes(RecordFormats.REPLICA_MEMORY, second)).isEqualTo(before);
  }

  /** Everything that the assembler does to a replica's memory. */
  private static void change(ReplicaMemory replica) {
    replica.waiting().remove(0);
    replica.memory().remove("café-3");
    replica
        .memory()
        .offer(
            new Exemplar(TestingRecords.image("thé-9", "thé", 9), new float[] {1, 0}, 12),
            new SplittableRandom(1));
    replica.memory().reembed(99, 100, images -> new float[images.size()][2]);
  }

  private static LabeledImage features(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i - 0.25f;
    }
    return new LabeledImage("é", "b", 1, new BackboneFeatures(values));
  }

  private static ReplicaTraining behindBackbone() {
    ReplicaTraining training = TestingRecords.replicaTraining();
    return new ReplicaTraining(
        TestingNetworks.adapter(MetricKind.LEARNED, 384), training.trainer(), training.progress());
  }

  private static ReplicaTraining training(int floats) {
    float[] values = new float[floats];
    SplittableRandom random = new SplittableRandom(floats);
    for (int i = 0; i < floats; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt() & 0x7F7FFFFF);
    }
    NetworkState network = TestingNetworks.state(values, new float[0], values, new float[0], 0);
    NetworkState average =
        TestingNetworks.state(new float[floats], new float[0], new float[floats], new float[0], 0);
    return new ReplicaTraining(
        TestingRecords.replicaTraining().spec(),
        new TrainerState(0, network, average, DistanceMeans.UNDEFINED, 0, network, 0, 0, 0, false),
        Replica.Progress.NONE);
  }

  private static WindowReport untrained() {
    return new WindowReport(
        new WindowReport.Identity("run", 0, 0, 1),
        new WindowReport.Images(1, 1, 0),
        new WindowReport.Mining(0, 1, 0, 0, 0),
        new WindowReport.Loss(null, null, null, null, null),
        new WindowReport.Margins(1.0, 0.5, null, null, true),
        new Prequential(0, 0, 1),
        new WindowReport.Memory(1, 1),
        new WindowReport.Health(0, 0, "Too few images.", null),
        new WindowReport.Details(Map.of(), null, null));
  }

  private static ModelManifest withoutMargins() {
    return ModelManifest.draft(
        new ModelManifest.Identity("n", "r", 0),
        0,
        0,
        new ModelManifest.Network("", "small", "euclidean", 8, "1x28x28", null),
        new ModelManifest.Margins(Double.NaN, Double.NaN),
        Map.of());
  }

  private static <T> TypeSerializer<T> serializer(RecordFormat<T> format) {
    return RecordFormats.typeOf(format).createSerializer(new SerializerConfigImpl());
  }

  private static <T> byte[] bytes(RecordFormat<T> format, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer(format).serialize(value, out);
    return out.getCopyOfBuffer();
  }
}
