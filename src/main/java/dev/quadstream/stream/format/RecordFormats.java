package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.Retention;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.ReleaseState;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowDealer;
import dev.quadstream.training.WindowReport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** All record formats, and Flink's types of them. */
public final class RecordFormats {

  // Before the formats, which enter themselves.
  private static final Map<String, RecordFormat<?>> BY_NAME = new HashMap<>();

  public static final RecordFormat<SourceRecord> SOURCE_RECORD =
      format(
          "source-record",
          SourceRecord.class,
          2,
          KafkaFields::writeRecord,
          KafkaFields::readRecord);
  public static final RecordFormat<DeadLetter> DEAD_LETTER =
      format(
          "dead-letter",
          DeadLetter.class,
          1,
          KafkaFields::writeDeadLetter,
          KafkaFields::readDeadLetter);
  public static final RecordFormat<ImageEvent> IMAGE_EVENT =
      format("image-event", ImageEvent.class, 2, ImageFields::writeEvent, ImageFields::readEvent);
  public static final RecordFormat<ImageQuestion> IMAGE_QUESTION =
      format(
          "image-question",
          ImageQuestion.class,
          3,
          ImageFields::writeQuestion,
          ImageFields::readQuestion);
  public static final RecordFormat<WaitingQuestion> WAITING_QUESTION =
      format(
          "labelled-question",
          WaitingQuestion.class,
          1,
          ImageFields::writeWaiting,
          ImageFields::readWaiting);
  public static final RecordFormat<LabelLedger> LABEL_LEDGER =
      format(
          "label-ledger",
          LabelLedger.class,
          1,
          WindowFields::writeLabelLedger,
          WindowFields::readLabelLedger);
  public static final RecordFormat<PartitionLedger> PARTITION_LEDGER =
      format(
          "partition-ledger",
          PartitionLedger.class,
          2,
          WindowFields::writeLedger,
          WindowFields::readLedger);
  public static final RecordFormat<OpenWindow> OPEN_WINDOW =
      format(
          "open-window",
          OpenWindow.class,
          2,
          WindowFields::writeOpenWindow,
          WindowFields::readOpenWindow);
  public static final RecordFormat<ImageWindow> IMAGE_WINDOW =
      format(
          "image-window", ImageWindow.class, 6, ImageWindowLayout::write, ImageWindowLayout::read);
  public static final RecordFormat<WindowDealer> WINDOW_DEALER =
      format(
          "window-dealer",
          WindowDealer.class,
          3,
          WindowFields::writeDealer,
          WindowFields::readDealer);
  public static final RecordFormat<ReplicaMemory> REPLICA_MEMORY =
      format(
          "shard-memory",
          ReplicaMemory.class,
          9,
          ReplicaMemoryLayout::write,
          ReplicaMemoryLayout::read,
          ReplicaMemoryLayout::copy);
  public static final RecordFormat<TrainingBatch> TRAINING_BATCH =
      format(
          "shard-batch",
          TrainingBatch.class,
          8,
          TrainingBatchLayout::write,
          TrainingBatchLayout::read);
  public static final RecordFormat<ReplicaTraining> REPLICA_TRAINING =
      format(
          "shard-training",
          ReplicaTraining.class,
          8,
          ReplicaTrainingLayout::write,
          ReplicaTrainingLayout::read);
  public static final RecordFormat<Contribution> CONTRIBUTION =
      format(
          "contribution",
          Contribution.class,
          6,
          MergeFields::writeContribution,
          MergeFields::readContribution);
  public static final RecordFormat<Rounds> ROUNDS =
      format("rounds", Rounds.class, 6, MergeFields::writeRounds, MergeFields::readRounds);
  public static final RecordFormat<EmbeddingUpdate> EMBEDDING_UPDATE =
      format(
          "embedding-update",
          EmbeddingUpdate.class,
          2,
          WindowFields::writeEmbedding,
          WindowFields::readEmbedding);
  public static final RecordFormat<WindowReport> REPORT = json("window-report", WindowReport.class);
  public static final RecordFormat<ModelManifest> MANIFEST =
      json("model-manifest", ModelManifest.class);
  public static final RecordFormat<ReleaseState> RELEASE_STATE =
      json("release-state", ReleaseState.class);
  public static final RecordFormat<Release> RELEASE = json("release", Release.class);
  public static final RecordFormat<ReleaseCommand> RELEASE_COMMAND =
      json("release-command", ReleaseCommand.class);
  public static final RecordFormat<TrainedModel> TRAINED_MODEL =
      format(
          "trained-model", TrainedModel.class, 2, MergeFields::writeModel, MergeFields::readModel);
  public static final RecordFormat<Retention> RETENTION = json("retention", Retention.class);

  private RecordFormats() {}

  private static <T> RecordFormat<T> format(
      String name,
      Class<T> type,
      int version,
      Fields.Writer<T> writer,
      RecordFormat.Reader<T> reader) {
    return format(name, type, version, writer, reader, value -> value);
  }

  private static <T> RecordFormat<T> format(
      String name,
      Class<T> type,
      int version,
      Fields.Writer<T> writer,
      RecordFormat.Reader<T> reader,
      UnaryOperator<T> copy) {
    RecordFormat<T> format = new RecordFormat<>(name, type, version, writer, reader, copy);
    BY_NAME.put(name, format);
    return format;
  }

  /** A message that is small and rare enough to be written as the JSON that it becomes anyway. */
  private static <T> RecordFormat<T> json(String name, Class<T> type) {
    return format(
        name,
        type,
        1,
        (value, out) -> Fields.writeBytes(JsonMessages.write(value), out),
        (version, in) -> JsonMessages.read(Fields.readBytes(in), type));
  }

  /** Flink's type of a record with a format. */
  public static <T> TypeInformation<T> typeOf(RecordFormat<T> format) {
    return new FormatTypeInfo<>(format);
  }

  /**
   * The format of that name, of the type that the caller knows it to have.
   *
   * @throws IllegalArgumentException if there is none
   */
  @SuppressWarnings("unchecked")
  static <T> RecordFormat<T> byName(String name) {
    RecordFormat<?> format = BY_NAME.get(name);
    if (format == null) {
      throw new IllegalArgumentException(
          "There is no record format '%s'; the checkpoint was written by another version of Quadstream, or the class path is mixed."
              .formatted(name));
    }
    return (RecordFormat<T>) format;
  }
}
