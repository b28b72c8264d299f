package dev.quadstream.stream;

import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.training.WindowReport;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/**
 * The ends of the pipeline. {@link KafkaConnectors} makes those of production.
 *
 * @param images records as they lie on the images topic
 * @param labels records as they lie on the labels topic
 * @param publishedModels the models topic, for the way back to mining
 * @param releaseCommands those of people, off the releases topic
 * @param embeddings updated embeddings and removals
 * @param answers embeddings of images without a label
 * @param models manifests of published models
 * @param releases pointers to the live model
 * @param reports one a window
 * @param deadLetters records that could not be used
 */
public record JobConnectors(
    Source<SourceRecord, ?, ?> images,
    Source<SourceRecord, ?, ?> labels,
    Source<ModelManifest, ?, ?> publishedModels,
    Source<ReleaseCommand, ?, ?> releaseCommands,
    Sink<EmbeddingUpdate> embeddings,
    Sink<EmbeddingUpdate> answers,
    Sink<ModelManifest> models,
    Sink<Release> releases,
    Sink<WindowReport> reports,
    Sink<DeadLetter> deadLetters) {}
