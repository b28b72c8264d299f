package dev.quadstream.bench;

import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The job with one, two and four replicas, each in a TaskManager process of its own, on the cores
 * of this machine, which they share: what replicas cost beside what they train.
 *
 * <p>Each replica has the same number of windows before the measurement, which are more than its
 * first ten rounds, and the same in it: a process takes tens of seconds until its code is compiled,
 * and in the first rounds, which are shorter, the memory is embedded the more often. Images wait in
 * Kafka all along.
 */
final class Scaling {

  private static final int AHEAD_WINDOWS = 128;
  private static final String TASK_METRIC = "flink_taskmanager_job_task_accumulate";

  private Scaling() {}

  /**
   * One number of replicas.
   *
   * @param processors that each TaskManager takes itself to have, and so native threads
   * @param imagesPerSecond of all replicas together
   * @param processorMillis that the TaskManagers take for an image
   * @param compilerMillis the part of it that their JVMs' compilers take
   * @param onceSeconds of processor time that a TaskManager has taken up to the measurement, beyond
   *     what as many images take in it
   * @param trainersWait the share of its time for which a trainer has no batch, mean
   * @param trainersHeldUp the share for which it cannot hand on what it has done, mean
   */
  record Row(
      int replicas,
      int processors,
      double imagesPerSecond,
      double processorMillis,
      double compilerMillis,
      double onceSeconds,
      double trainersWait,
      double trainersHeldUp) {

    /** What an image takes once everything is compiled. */
    double compiledMillis() {
      return processorMillis - compilerMillis;
    }
  }

  static List<Row> run(Path directory, boolean quick) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (int replicas : new int[] {1, 2, 4}) {
      rows.add(
          measure(
              Files.createDirectories(directory.resolve("replicas-" + replicas)),
              replicas,
              replicas * (quick ? 192 : 640),
              replicas * (quick ? 96 : 960)));
    }
    return rows;
  }

  /**
   * Measures.
   *
   * @param warmUp windows of the job that do not count
   * @param timed windows of the job that do
   */
  private static Row measure(Path directory, int replicas, int warmUp, int timed) throws Exception {
    int processors = Math.max(1, Runtime.getRuntime().availableProcessors() / replicas);
    PipelineSettings settings =
        PipelineWorker.settings("replicas", Integer.toString(replicas), "parallelism", "1");
    int windowImages = settings.get(WindowConfig.IMAGES);
    BenchImages images = BenchImages.icons(settings.imageDecoder(settings.shape()), 4_096, 1);
    try (FlinkProcesses flink = FlinkProcesses.start(directory, replicas, processors);
        StreamedJob job = StreamedJob.submit(settings, directory, flink.address())) {
      long sent = 0;
      long start = 0;
      Spent before = null;
      for (int window = 0; window <= warmUp + timed; window++) {
        for (; sent < (long) (window + AHEAD_WINDOWS) * windowImages; sent++) {
          job.send(images.encoded(sent));
        }
        long at = job.nextReport().nanos();
        if (window == warmUp) {
          start = at;
          before = Spent.of(flink);
        }
        if (window == warmUp + timed) {
          Spent spent = Spent.of(flink).minus(before);
          double trained = (double) timed * windowImages;
          double processorMillis = spent.processor() / trained;
          return new Row(
              replicas,
              processors,
              trained * 1e9 / (at - start),
              processorMillis,
              spent.compiler() / trained,
              (before.processor() - processorMillis * warmUp * windowImages) / 1e3 / replicas,
              spent.idle() / spent.trainers(),
              spent.heldUp() / spent.trainers());
        }
      }
      throw new IllegalStateException("The last window returns.");
    }
  }

  /**
   * Milliseconds since the TaskManagers began: of processors, and of all trainers' time.
   *
   * @param processor time of all TaskManagers
   * @param compiler the part of it that their JVMs' compilers took
   */
  private record Spent(double processor, double compiler, double idle, double heldUp, double busy) {

    static Spent of(FlinkProcesses flink) throws Exception {
      return new Spent(
          flink.processorTime().toNanos() / 1e6,
          flink.compilerTime().toNanos() / 1e6,
          flink.metric(TASK_METRIC + "IdleTimeMs", "train"),
          flink.metric(TASK_METRIC + "BackPressuredTimeMs", "train"),
          flink.metric(TASK_METRIC + "BusyTimeMs", "train"));
    }

    Spent minus(Spent earlier) {
      return new Spent(
          processor - earlier.processor,
          compiler - earlier.compiler,
          idle - earlier.idle,
          heldUp - earlier.heldUp,
          busy - earlier.busy);
    }

    double trainers() {
      return idle + heldUp + busy;
    }
  }
}
