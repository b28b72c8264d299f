package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
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
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** All record formats, and Flink's types of them. */
public final class RecordFormats {

  public static final RecordFormat<SourceRecord> SOURCE_RECORD = new SourceRecordFormat();
  public static final RecordFormat<DeadLetter> DEAD_LETTER = new DeadLetterFormat();
  public static final RecordFormat<ImageEvent> IMAGE_EVENT = new ImageEventFormat();
  public static final RecordFormat<ImageQuestion> IMAGE_QUESTION = new ImageQuestionFormat();
  public static final RecordFormat<LabelledQuestion> LABELLED_QUESTION =
      new LabelledQuestionFormat();
  public static final RecordFormat<LabelLedger> LABEL_LEDGER = new LabelLedgerFormat();
  public static final RecordFormat<PartitionLedger> PARTITION_LEDGER = new PartitionLedgerFormat();
  public static final RecordFormat<OpenWindow> OPEN_WINDOW = new OpenWindowFormat();
  public static final RecordFormat<ImageWindow> IMAGE_WINDOW = new ImageWindowFormat();
  public static final RecordFormat<WindowDealer> WINDOW_DEALER = new WindowDealerFormat();
  public static final RecordFormat<ReplicaMemory> REPLICA_MEMORY = new ReplicaMemoryFormat();
  public static final RecordFormat<TrainingBatch> TRAINING_BATCH = new TrainingBatchFormat();
  public static final RecordFormat<ReplicaTraining> REPLICA_TRAINING = new ReplicaTrainingFormat();
  public static final RecordFormat<Contribution> CONTRIBUTION = new ContributionFormat();
  public static final RecordFormat<Rounds> ROUNDS = new RoundsFormat();
  public static final RecordFormat<EmbeddingUpdate> EMBEDDING_UPDATE = new EmbeddingUpdateFormat();
  public static final RecordFormat<WindowReport> REPORT =
      new JsonFormat<>("window-report", WindowReport.class);
  public static final RecordFormat<ModelManifest> MANIFEST =
      new JsonFormat<>("model-manifest", ModelManifest.class);
  public static final RecordFormat<ReleaseState> RELEASE_STATE =
      new JsonFormat<>("release-state", ReleaseState.class);
  public static final RecordFormat<Release> RELEASE = new JsonFormat<>("release", Release.class);
  public static final RecordFormat<ReleaseCommand> RELEASE_COMMAND =
      new JsonFormat<>("release-command", ReleaseCommand.class);
  public static final RecordFormat<TrainedModel> TRAINED_MODEL = new TrainedModelFormat();
  public static final RecordFormat<Retention> RETENTION =
      new JsonFormat<>("retention", Retention.class);

  private static final Map<String, RecordFormat<?>> BY_NAME =
      Stream.of(
              SOURCE_RECORD,
              DEAD_LETTER,
              IMAGE_EVENT,
              IMAGE_QUESTION,
              LABELLED_QUESTION,
              LABEL_LEDGER,
              PARTITION_LEDGER,
              OPEN_WINDOW,
              IMAGE_WINDOW,
              WINDOW_DEALER,
              REPLICA_MEMORY,
              TRAINING_BATCH,
              REPLICA_TRAINING,
              CONTRIBUTION,
              ROUNDS,
              EMBEDDING_UPDATE,
              REPORT,
              MANIFEST,
              RELEASE_STATE,
              RELEASE,
              RELEASE_COMMAND,
              TRAINED_MODEL,
              RETENTION)
          .collect(Collectors.toUnmodifiableMap(RecordFormat::name, Function.identity()));

  private RecordFormats() {}

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
