package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.stream.options.ReplicaKeys;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuadstreamJobTest {

  @ParameterizedTest
  @CsvSource({"COUNT, AT_LEAST_ONCE", "COUNT, EXACTLY_ONCE", "EVENT_TIME, AT_LEAST_ONCE"})
  void everyOperatorHasAnExplicitUidSoThatASavepointFindsItAgain(String kind, String delivery) {
    Collection<StreamNode> nodes =
        graph("window.kind", kind, "window.timeout", "5 s", "kafka.delivery", delivery)
            .getStreamNodes();

    assertThat(nodes).hasSizeGreaterThanOrEqualTo(10);
    assertThat(nodes).extracting(StreamNode::getTransformationUID).doesNotContainNull();
    assertThat(nodes).extracting(StreamNode::getTransformationUID).doesNotHaveDuplicates();
  }

  /** Alerts are by the job's name: one pipeline that goes on must not hide that another stands. */
  @Test
  void pipelinesThatDifferAreJobsOfDifferentNames() {
    assertThat(graph("kafka.topic-prefix", "a.").getJobName())
        .isEqualTo("quadstream/a.images/quadstream");
    assertThat(graph("network.name", "faces").getJobName()).isEqualTo("quadstream/images/faces");
  }

  /** Neither may change: a savepoint is matched by uid, and people know the operators by name. */
  @Test
  void theOperatorsAreThoseOfTheDesignUnderTheirNames() {
    Map<String, String> names = new TreeMap<>();
    for (StreamNode node :
        graph("window.kind", "EVENT_TIME", "window.timeout", "5 s").getStreamNodes()) {
      names.put(node.getTransformationUID(), node.getOperatorName());
    }
    assertThat(names)
        .containsOnly(
            Map.entry("images", "Source: images"),
            Map.entry("decode", "decode"),
            Map.entry("labels", "Source: labels"),
            Map.entry("label", "label"),
            Map.entry("window", "window"),
            Map.entry("published-models", "Source: published models"),
            Map.entry("release-commands", "Source: release commands"),
            Map.entry("assemble", "assemble"),
            Map.entry("train", "train"),
            Map.entry("answer", "answer"),
            Map.entry("answers", "answers: Writer"),
            Map.entry("Sink Committer: answers", "answers: Committer"),
            Map.entry("merge", "merge"),
            Map.entry("publish", "publish"),
            Map.entry("release", "release"),
            Map.entry("models", "models: Writer"),
            Map.entry("releases", "releases: Writer"),
            Map.entry("reports", "reports: Writer"),
            Map.entry("embeddings", "embeddings: Writer"),
            Map.entry("dead-letters", "dead letters: Writer"),
            Map.entry("Sink Committer: models", "models: Committer"),
            Map.entry("Sink Committer: releases", "releases: Committer"),
            Map.entry("Sink Committer: reports", "reports: Committer"),
            Map.entry("Sink Committer: embeddings", "embeddings: Committer"),
            Map.entry("Sink Committer: dead-letters", "dead letters: Committer"));
  }

  @Test
  void decodingIsAsParallelAsAskedForAndTheReplicasAreAsManyAsAskedFor() {
    Map<String, Integer> parallelism = new TreeMap<>();
    StreamGraph graph = graph("parallelism", "3", "replicas", "2");
    for (StreamNode node : graph.getStreamNodes()) {
      parallelism.put(node.getTransformationUID(), node.getParallelism());
      assertThat(node.getMaxParallelism()).isEqualTo(ReplicaKeys.MAX_PARALLELISM);
    }
    assertThat(parallelism)
        .containsEntry("images", 3)
        .containsEntry("decode", 3)
        .containsEntry("dead-letters", 3)
        .containsEntry("published-models", 1)
        .containsEntry("labels", 1)
        .containsEntry("label", 1)
        .containsEntry("window", 1)
        .containsEntry("assemble", 2)
        .containsEntry("train", 2)
        .containsEntry("merge", 1)
        .containsEntry("publish", 1)
        .containsEntry("embeddings", 2)
        .containsEntry("answer", 3)
        .containsEntry("answers", 3);
  }

  /** A generic type would have failed the translation: the job's configuration bars Kryo. */
  @Test
  void noRecordIsLeftToGenericSerialisation() {
    StreamGraph graph = graph();
    assertThat(graph.getExecutionConfig().toConfiguration().get(PipelineOptions.GENERIC_TYPES))
        .isFalse();
    for (StreamNode node : graph.getStreamNodes()) {
      if (node.getTypeSerializerOut() != null) {
        assertThat(node.getTypeSerializerOut().getClass().getName()).doesNotContain("Kryo");
      }
    }
  }

  private static StreamGraph graph(String... changes) {
    return TestingGraph.of(TestingPipeline.settings(changes));
  }
}
