package dev.quadstream.stream;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.training.ImageWindow;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The job's own topology, as Flink has translated it; nothing is run or connected. */
public final class TestingGraph {

  private TestingGraph() {}

  static StreamGraph of(PipelineSettings settings) {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(
            JobLauncher.flinkConfiguration(settings, null));
    new QuadstreamJob(settings, KafkaConnectors.of(settings)).addTo(environment);
    return environment.getStreamGraph();
  }

  static StreamNode node(PipelineSettings settings, String uid) {
    return of(settings).getStreamNodes().stream()
        .filter(node -> uid.equals(node.getTransformationUID()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * The only subtask of the job's window operator at work, fresh where {@code restored} is null.
   */
  @SuppressWarnings("unchecked") // The graph is untyped; the types are those of QuadstreamJob.
  public static KeyedOneInputStreamOperatorTestHarness<Integer, ImageEvent, ImageWindow> windows(
      PipelineSettings settings, OperatorSubtaskState restored, long now) throws Exception {
    StreamNode node = node(settings, "window");
    KeyedOneInputStreamOperatorTestHarness<Integer, ImageEvent, ImageWindow> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            (StreamOperatorFactory<ImageWindow>) node.getOperatorFactory(),
            (KeySelector<ImageEvent, Integer>) node.getStatePartitioners()[0],
            Types.INT,
            ReplicaKeys.MAX_PARALLELISM,
            1,
            0);
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.IMAGE_WINDOW)));
    harness.setProcessingTime(now);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    return harness;
  }
}
