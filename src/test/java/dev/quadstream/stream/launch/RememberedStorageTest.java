package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RememberedStorageTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"1 min", "0 s"})
  void aJobIsTheNewestAsItStartsAlsoWithoutCheckpoints(String interval) throws Exception {
    PipelineSettings settings =
        PipelineSettings.of(
            Configuration.fromMap(
                Map.of(
                    "checkpoint.interval",
                    interval,
                    "checkpoint.directory",
                    directory.resolve("checkpoints").toString())));
    ProgressFile progress = new ProgressFile(settings.checkpointDirectory(), settings.kafkaName());
    progress.begin("a1", null);
    progress.completed("a1", "a1/chk-7");

    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(
            1, JobLauncher.flinkConfiguration(settings, null));
    environment.fromData(1).sinkTo(new DiscardingSink<>());
    JobExecutionResult job = environment.execute();

    assertThat(progress.read())
        .hasValueSatisfying(
            newest -> {
              assertThat(newest.job()).isEqualTo(job.getJobID().toHexString());
              assertThat(newest.startedFrom()).isNull();
              assertThat(newest.goesOnFrom()).isNotEqualTo("a1/chk-7");
            });
  }
}
