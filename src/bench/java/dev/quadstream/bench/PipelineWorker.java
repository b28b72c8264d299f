package dev.quadstream.bench;

import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/** A process that runs the whole job for one measurement and prints what it came to as JSON. */
final class PipelineWorker {

  private PipelineWorker() {}

  /** What there is to measure. */
  enum Task {
    EFFICIENCY,
    LATENCY,
    RUN_LENGTH,
    CHECKPOINT,
    GROWTH,
    RELEASES,
    SCALING;

    /** Beyond those of the start script. */
    List<String> jvmOptions() {
      return switch (this) {
        case CHECKPOINT ->
            List.of(
                "-Xmx5g",
                "-Dorg.bytedeco.javacpp.maxbytes=4g",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=12g");
        // A collection that is asked for would halve the heap, which then grows again for half an
        // hour.
        case RUN_LENGTH -> List.of("-XX:MaxHeapFreeRatio=100");
        default -> List.of();
      };
    }
  }

  /**
   * Measures.
   *
   * @param arguments the task, a directory for the run, and whether to be quick
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    boolean quick = Boolean.parseBoolean(arguments[2]);
    Object result =
        switch (Task.valueOf(arguments[0])) {
          case EFFICIENCY -> PipelineEfficiency.run(directory, quick);
          case LATENCY -> PipelineLatency.run(directory, quick);
          case RUN_LENGTH -> RunLength.run(directory, quick);
          case CHECKPOINT -> CheckpointPause.run(directory, quick);
          case GROWTH -> Growth.run(quick);
          case RELEASES -> ReleasePrice.run(directory, quick);
          case SCALING -> Scaling.run(directory, quick);
        };
    System.out.println(Worker.JSON.writeValueAsString(result));
    System.exit(0);
  }

  /** The default options, count windows, and these, as key, value, and so on. */
  static PipelineSettings settings(String... changes) {
    Map<String, String> options = new HashMap<>();
    options.put("window.timeout", "0 s");
    for (int i = 0; i < changes.length; i += 2) {
      options.put(changes[i], changes[i + 1]);
    }
    return PipelineSettings.of(Configuration.fromMap(options));
  }
}
