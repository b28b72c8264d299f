package dev.quadstream.bench;

import dev.quadstream.bench.PipelineWorker.Task;
import dev.quadstream.dataset.TemporaryFiles;
import dev.quadstream.stream.options.NetworkConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.util.FileUtils;

/** The whole pipeline: against a bare loop, its latency, and what grows. */
final class PipelinePart implements Measuring {

  private final List<Task> tasks;

  PipelinePart(Task... tasks) {
    this.tasks = List.of(tasks);
  }

  @Override
  public void measure(Bench bench, Map<String, Object> json) {
    for (Task task : tasks) {
      switch (task) {
        case EFFICIENCY -> efficiency(bench, json);
        case LATENCY -> latency(bench, json);
        case RUN_LENGTH -> runLength(bench, json);
        case CHECKPOINT -> checkpoint(bench, json);
        case GROWTH -> growth(bench, json);
        case RELEASES -> releases(bench, json);
        case SCALING -> scaling(bench, json);
      }
    }
  }

  /** Job and loop have the same number of native threads: one, and as many as there are cores. */
  private static void efficiency(Bench bench, Map<String, Object> json) {
    bench.heading("Pipeline, images/s", "job", "bare loop", "ratio", "TrainingLoop", "ratio");
    List<Object> settings = new ArrayList<>();
    PipelineEfficiency.Result fastest = null;
    Set<Integer> choices =
        bench.quick() ? Set.of(bench.threads()) : new TreeSet<>(List.of(1, bench.threads()));
    for (int threads : choices) {
      PipelineEfficiency.Result result =
          run(bench, Task.EFFICIENCY, threads, PipelineEfficiency.Result.class);
      bench.row(
          "%s, native threads: %d"
              .formatted(PipelineWorker.settings().get(NetworkConfig.TRUNK).optionName(), threads),
          Statistics.median(result.job()),
          Statistics.median(result.bareLoop()),
          result.efficiency(),
          Statistics.median(result.trainingLoop()),
          result.toTrainingLoop());
      if (fastest == null
          || Statistics.median(result.bareLoop()) > Statistics.median(fastest.bareLoop())) {
        fastest = result;
      }
      settings.add(
          Map.of("threads", threads, "efficiency", result.efficiency(), "measured", result));
    }
    json.put("pipeline", settings);
    // The one figure is that of the setting which suits the bare loop best.
    json.put("pipelineEfficiency", fastest.efficiency());
    json.put("pipelineToTrainingLoop", fastest.toTrainingLoop());
    bench.heading("Processor time, ms a window", "job", "bare loop", "ratio");
    bench.row(
        "of the same setting",
        Statistics.median(fastest.jobProcessorMillis()),
        Statistics.median(fastest.loopProcessorMillis()),
        fastest.processorRatio());
    stages(bench, fastest);
  }

  private static void stages(Bench bench, PipelineEfficiency.Result result) {
    bench.heading("Where the time goes, ms a window", "job", "TrainingLoop");
    result
        .jobStages()
        .forEach(
            (stage, millis) ->
                bench.row(stage, millis, result.loopStages().getOrDefault(stage, Double.NaN)));
  }

  private static void latency(Bench bench, Map<String, Object> json) {
    PipelineLatency.Result result = run(bench, Task.LATENCY, PipelineLatency.Result.class);
    bench.heading(
        "Latency at %.0f images/s, ms".formatted(result.imagesPerSecond()), "median", "99 %");
    bench.row("image to embedding", result.embeddingMedian(), result.embedding99());
    bench.row("image to published model", result.modelMedian(), result.model99());
    json.put("latency", result);
  }

  private static void runLength(Bench bench, Map<String, Object> json) {
    RunLength.Result result = run(bench, Task.RUN_LENGTH, RunLength.Result.class);
    RunLength.Share first = result.first();
    RunLength.Share last = result.last();
    bench.heading(
        "Run of %.1f min, by sixths".formatted(result.minutes()), "first", "last", "ratio");
    row(bench, "ms a window", first.windowMillis(), last.windowMillis());
    row(bench, "heap, MB", first.heapBytes() / 1e6, last.heapBytes() / 1e6);
    row(bench, "native arrays, MB", first.nativeArrayBytes() / 1e6, last.nativeArrayBytes() / 1e6);
    row(bench, "process, MB", first.processBytes() / 1e6, last.processBytes() / 1e6);
    row(bench, "process at most, MB", first.processBytes() / 1e6, result.mostProcessBytes() / 1e6);
    row(bench, "checkpoint, MB", first.checkpointBytes() / 1e6, last.checkpointBytes() / 1e6);
    row(bench, "checkpoint, ms", first.checkpointMillis(), last.checkpointMillis());
    json.put("runLength", result);
  }

  private static void row(Bench bench, String name, double first, double last) {
    bench.row(name, first, last, last / first);
  }

  private static void checkpoint(Bench bench, Map<String, Object> json) {
    CheckpointPause.Result result = run(bench, Task.CHECKPOINT, CheckpointPause.Result.class);
    bench.heading("Checkpoint, ms", "pause", "longest", "copy", "pause/copy", "publish");
    bench.row(
        "%,d parameters".formatted(result.parameters()),
        result.pauseMillis(),
        result.longestPauseMillis(),
        result.copyMillis(),
        result.pauseMillis() / result.copyMillis(),
        result.publishMillis());
    json.put("checkpoint", result);
  }

  private static void growth(Bench bench, Map<String, Object> json) {
    Growth.Row[] rows = run(bench, Task.GROWTH, Growth.Row[].class);
    bench.heading("Growth", "ms an image");
    for (Growth.Row row : rows) {
      bench.row(row.setting(), row.millisAnImage());
    }
    json.put("growth", rows);
  }

  private static void releases(Bench bench, Map<String, Object> json) {
    ReleasePrice.Result result = run(bench, Task.RELEASES, ReleasePrice.Result.class);
    bench.heading("Releases, by turns", "images/s", "CPU ms/window");
    bench.row(
        "release.policy every",
        Statistics.median(result.every().imagesPerSecond()),
        Statistics.median(result.every().processorMillis()));
    bench.row(
        "release.policy gate",
        Statistics.median(result.gate().imagesPerSecond()),
        Statistics.median(result.gate().processorMillis()));
    bench.heading("Gate to every", "10 %", "median", "90 %");
    deciles(bench, "images/s", result.imagesPerSecondRatios());
    deciles(bench, "CPU ms/window", result.processorRatios());
    bench.heading("ms a window", "every", "gate");
    result
        .gate()
        .stages()
        .forEach(
            (stage, millis) ->
                bench.row(stage, result.every().stages().getOrDefault(stage, 0.0), millis));
    json.put("releases", result);
  }

  private static void deciles(Bench bench, String name, List<Double> values) {
    bench.row(
        name,
        Statistics.quantile(values, 0.1),
        Statistics.median(values),
        Statistics.quantile(values, 0.9));
  }

  private static void scaling(Bench bench, Map<String, Object> json) {
    Scaling.Row[] rows = run(bench, Task.SCALING, Scaling.Row[].class);
    bench.heading(
        "Replicas as processes",
        "images/s",
        "CPU ms/image",
        "less JIT",
        "to one",
        "once, CPU s",
        "wait, %",
        "held up, %");
    for (Scaling.Row row : rows) {
      bench.row(
          "N = %d, native threads: %d".formatted(row.replicas(), row.processors()),
          row.imagesPerSecond(),
          row.processorMillis(),
          row.compiledMillis(),
          row.compiledMillis() / rows[0].compiledMillis(),
          row.onceSeconds(),
          100 * row.trainersWait(),
          100 * row.trainersHeldUp());
    }
    json.put("scaling", rows);
  }

  private static <T> T run(Bench bench, Task task, Class<T> type) {
    return run(bench, task, bench.threads(), type);
  }

  /** In a process of its own, with this one's class path and options. */
  private static <T> T run(Bench bench, Task task, int threads, Class<T> type) {
    try {
      Path directory = TemporaryFiles.directory();
      try {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(task.jvmOptions());
        command.add("-XX:ActiveProcessorCount=" + threads);
        command.addAll(
            List.of(
                "-cp",
                System.getProperty("java.class.path"),
                PipelineWorker.class.getName(),
                task.name(),
                directory.toString(),
                Boolean.toString(bench.quick())));
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        String printed =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
          throw new BenchException(
              "The process that measures %s failed; what it said is above.".formatted(task));
        }
        // Libraries may print, too: the result is the last line.
        return Worker.JSON.readValue(printed.substring(printed.lastIndexOf('\n') + 1), type);
      } finally {
        FileUtils.deleteDirectory(directory.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The process that measures %s is gone.".formatted(task), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("The benchmark was interrupted at %s.".formatted(task));
    }
  }
}
