package dev.quadstream.stream.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobLauncherTest {

  @Test
  void whatIsSubmittedNamesTheSameDirectoriesInEveryProcess() throws Exception {
    List<StreamGraph> submitted = new ArrayList<>();
    StreamExecutionEnvironment environment =
        new StreamExecutionEnvironment() {
          @Override
          public JobClient executeAsync(StreamGraph graph) {
            submitted.add(graph);
            return null;
          }
        };
    PipelineSettings settings =
        PipelineSettings.of(
            Configuration.fromMap(
                Map.of("registry.directory", "some/models", "network.start-from", "some/m.qsm")));

    JobLauncher.start(settings, KafkaConnectors.of(settings), environment);

    String here = Path.of("").toAbsolutePath().toString();
    byte[] operators =
        InstantiationUtil.serializeObject(
            submitted.get(0).getStreamNodes().stream()
                .map(StreamNode::getOperatorFactory)
                .toList());
    assertThat(new String(operators, ISO_8859_1))
        .contains("file:" + here + "/some/models", "file:" + here + "/some/m.qsm");
  }

  /** Under the environment that application mode and {@code flink run} give to a program. */
  @ParameterizedTest
  @CsvSource({"0 s, false", "7 s, true"})
  void theOptionSaysWhetherThereAreCheckpointsAndNotTheCluster(String interval, boolean enabled) {
    Configuration cluster = new Configuration();
    cluster.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(30));
    PipelineSettings settings =
        PipelineSettings.of(Configuration.fromMap(Map.of("checkpoint.interval", interval)));
    StreamExecutionEnvironment environment;
    StreamContextEnvironment.setAsContext(
        new DefaultExecutorServiceLoader(), cluster, getClass().getClassLoader(), true, true);
    try {
      environment = JobLauncher.onThisCluster(settings, null);
    } finally {
      StreamContextEnvironment.unsetAsContext();
    }
    environment.fromSequence(1, 2).sinkTo(new DiscardingSink<>());

    JobGraph job = environment.getStreamGraph().getJobGraph();

    assertThat(
            job.getCheckpointingSettings()
                .getCheckpointCoordinatorConfiguration()
                .isCheckpointingEnabled())
        .isEqualTo(enabled);
    assertThat(
            CheckpointingOptions.isCheckpointingEnabled(
                (Configuration) environment.getConfiguration()))
        .isEqualTo(enabled);
    assertThat(CheckpointingOptions.isCheckpointingEnabled(job.getJobConfiguration()))
        .isEqualTo(enabled);
  }
}
