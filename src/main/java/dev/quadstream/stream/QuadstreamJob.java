package dev.quadstream.stream;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.operator.AssembleOperator;
import dev.quadstream.stream.operator.DecodeOperator;
import dev.quadstream.stream.operator.ImageWatermarks;
import dev.quadstream.stream.operator.LabelFunction;
import dev.quadstream.stream.operator.MergeOperator;
import dev.quadstream.stream.operator.PublishOperator;
import dev.quadstream.stream.operator.QuestionOperator;
import dev.quadstream.stream.operator.ReleaseFunction;
import dev.quadstream.stream.operator.TrainOperator;
import dev.quadstream.stream.operator.WindowOperator;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.stream.options.WindowConfig.WindowKind;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job: images and labels in, updated embeddings, models and reports out. */
public final class QuadstreamJob {

  /** For few and large records that others wait for; images keep Flink's own timeout. */
  private static final long FLUSH_AT_ONCE = 0;

  private final PipelineSettings settings;
  private final JobConnectors connectors;
  private final long largestRecord;

  /** A job with these options between these ends. */
  public QuadstreamJob(PipelineSettings settings, JobConnectors connectors) {
    this(settings, connectors, PipelineSettings.LARGEST_RECORD);
  }

  /**
   * The same with another size from which on replicas send their parameters by files.
   *
   * @param largestRecord the most bytes of parameters that stay in their record
   */
  QuadstreamJob(PipelineSettings settings, JobConnectors connectors, long largestRecord) {
    this.settings = settings;
    this.connectors = connectors;
    this.largestRecord = largestRecord;
  }

  /** Adds the whole topology to the environment. */
  public void addTo(StreamExecutionEnvironment environment) {
    int decoders = settings.get(JobConfig.PARALLELISM);
    int replicas = settings.replicas();

    SingleOutputStreamOperator<ImageEvent> images =
        environment
            .fromSource(
                connectors.images(),
                watermarks(),
                "images",
                RecordFormats.typeOf(RecordFormats.SOURCE_RECORD))
            .uid("images")
            .setParallelism(decoders)
            .transform(
                "decode",
                RecordFormats.typeOf(RecordFormats.IMAGE_EVENT),
                new DecodeOperator(settings))
            .uid("decode")
            .setParallelism(decoders);

    DataStream<SourceRecord> labels =
        environment
            .fromSource(
                connectors.labels(),
                new Timeless(),
                "labels",
                RecordFormats.typeOf(RecordFormats.SOURCE_RECORD))
            .uid("labels")
            .setParallelism(1)
            .setBufferTimeout(FLUSH_AT_ONCE);

    // Images that came with their label pass by it.
    SingleOutputStreamOperator<ImageEvent> labelled =
        images
            .getSideOutput(DecodeOperator.QUESTIONS)
            .keyBy(question -> 0, Types.INT)
            .connect(labels.keyBy(label -> 0, Types.INT))
            .process(new LabelFunction(settings), RecordFormats.typeOf(RecordFormats.IMAGE_EVENT))
            .name("label")
            .uid("label")
            .setParallelism(1)
            .setBufferTimeout(FLUSH_AT_ONCE);

    // Here models come back: what the sink "models" writes, mining reads.
    DataStream<ModelManifest> publishedModels =
        environment
            .fromSource(
                connectors.publishedModels(),
                WatermarkStrategy.noWatermarks(),
                "published models",
                RecordFormats.typeOf(RecordFormats.MANIFEST))
            .uid("published-models")
            .setParallelism(1)
            .setBufferTimeout(FLUSH_AT_ONCE)
            .broadcast();

    SingleOutputStreamOperator<ImageWindow> windows =
        images
            .union(labelled)
            // Windows are numbered over the whole run, so all images go by one subtask.
            .keyBy(event -> 0, Types.INT)
            .transform(
                "window",
                RecordFormats.typeOf(RecordFormats.IMAGE_WINDOW),
                new WindowOperator(settings))
            .uid("window")
            .setParallelism(1)
            .setBufferTimeout(FLUSH_AT_ONCE);

    SingleOutputStreamOperator<TrainingBatch> batches =
        windows
            .keyBy(window -> keyOf(window.id()), Types.INT)
            .connect(publishedModels)
            .transform(
                "assemble",
                RecordFormats.typeOf(RecordFormats.TRAINING_BATCH),
                new AssembleOperator(settings))
            .uid("assemble")
            .setParallelism(replicas)
            .setBufferTimeout(FLUSH_AT_ONCE);

    SingleOutputStreamOperator<WindowReport> reports =
        batches
            .keyBy(batch -> keyOf(batch.id()), Types.INT)
            .transform(
                "train",
                RecordFormats.typeOf(RecordFormats.REPORT),
                new TrainOperator(settings, largestRecord))
            .uid("train")
            .setParallelism(replicas)
            .setBufferTimeout(FLUSH_AT_ONCE);

    // What people say of releases moves the pointer to what is live, and no parameters.
    DataStream<ReleaseCommand> releaseCommands =
        environment
            .fromSource(
                connectors.releaseCommands(),
                WatermarkStrategy.noWatermarks(),
                "release commands",
                RecordFormats.typeOf(RecordFormats.RELEASE_COMMAND))
            .uid("release-commands")
            .setParallelism(1)
            .setBufferTimeout(FLUSH_AT_ONCE);

    SingleOutputStreamOperator<TrainedModel> merged =
        reports
            .getSideOutput(TrainOperator.CONTRIBUTIONS)
            .keyBy(contribution -> 0, Types.INT)
            .connect(releaseCommands.keyBy(command -> 0, Types.INT))
            .transform(
                "merge",
                RecordFormats.typeOf(RecordFormats.TRAINED_MODEL),
                new MergeOperator(settings))
            .uid("merge")
            .setParallelism(1)
            .setBufferTimeout(FLUSH_AT_ONCE);

    SingleOutputStreamOperator<ModelManifest> models =
        merged
            .transform(
                "publish",
                RecordFormats.typeOf(RecordFormats.MANIFEST),
                new PublishOperator(settings))
            .uid("publish")
            .setParallelism(1);

    // Beside the way of the labelled images, which questions neither join nor hold up.
    SingleOutputStreamOperator<EmbeddingUpdate> answers =
        labelled
            .getSideOutput(LabelFunction.QUESTIONS)
            // To the one that asks still, that a question is closed.
            .keyBy(ImageQuestion::id, Types.STRING)
            .connect(publishedModels)
            .transform(
                "answer",
                RecordFormats.typeOf(RecordFormats.EMBEDDING_UPDATE),
                new QuestionOperator(settings))
            .uid("answer")
            .setParallelism(decoders)
            .setBufferTimeout(FLUSH_AT_ONCE);

    answers.sinkTo(connectors.answers()).name("answers").uid("answers").setParallelism(decoders);
    models.sinkTo(connectors.models()).name("models").uid("models").setParallelism(1);
    models
        .connect(merged.getSideOutput(MergeOperator.COMMANDED))
        .process(new ReleaseFunction(settings), RecordFormats.typeOf(RecordFormats.RELEASE))
        .name("release")
        .uid("release")
        .setParallelism(1)
        .sinkTo(connectors.releases())
        .name("releases")
        .uid("releases")
        .setParallelism(1);
    reports.sinkTo(connectors.reports()).name("reports").uid("reports").setParallelism(replicas);
    batches
        .getSideOutput(AssembleOperator.EMBEDDINGS)
        .sinkTo(connectors.embeddings())
        .name("embeddings")
        .uid("embeddings")
        .setParallelism(replicas);
    images
        .getSideOutput(DecodeOperator.DEAD_LETTERS)
        .union(
            labelled.getSideOutput(LabelFunction.DEAD_LETTERS),
            windows.getSideOutput(WindowOperator.DEAD_LETTERS),
            batches.getSideOutput(AssembleOperator.DEAD_LETTERS),
            answers.getSideOutput(QuestionOperator.DEAD_LETTERS))
        .sinkTo(connectors.deadLetters())
        .name("dead letters")
        .uid("dead-letters")
        .setParallelism(decoders);
  }

  private static int keyOf(WindowId window) {
    return ReplicaKeys.of(window.replica(), window.replicas());
  }

  private WatermarkStrategy<SourceRecord> watermarks() {
    return settings.get(WindowConfig.KIND) == WindowKind.EVENT_TIME
        ? new ImageWatermarks(settings)
        : WatermarkStrategy.noWatermarks();
  }
}
