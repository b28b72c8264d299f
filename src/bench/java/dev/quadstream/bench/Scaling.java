package dev.quadstream.bench;

import com.fasterxml.jackson.databind.JsonNode;
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
 * <p>A turn is timed between two reports, with images waiting in Kafka at both and the same number
 * of windows, after the first rounds, which are shorter.
 */
final class Scaling {

  private static final int AHEAD_WINDOWS = 128;

  private Scaling() {}

  /**
   * One number of replicas.
   *
   * @param processors that each TaskManager takes itself to have, and so native threads
   * @param imagesPerSecond of all replicas together
   * @param processorMillis that the TaskManagers take for an image
   * @param trainersWait the share of its time for which a trainer has no batch, mean
   * @param trainersHeldUp the share for which it cannot hand on what it has done, mean
   */
  record Row(
      int replicas,
      int processors,
      double imagesPerSecond,
      double processorMillis,
      double trainersWait,
      double trainersHeldUp) {}

  static List<Row> run(Path directory, boolean quick) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (int replicas : new int[] {1, 2, 4}) {
      rows.add(
          measure(
              Files.createDirectories(directory.resolve("replicas-" + replicas)),
              replicas,
              quick ? 96 : 640,
              quick ? 192 : 2_560));
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
      double processorStart = 0;
      Waiting before = null;
      for (int window = 0; window <= warmUp + timed; window++) {
        for (; sent < (long) (window + AHEAD_WINDOWS) * windowImages; sent++) {
          job.send(images.encoded(sent));
        }
        long at = job.nextReport().nanos();
        if (window == warmUp) {
          start = at;
          processorStart = flink.processorTime().toNanos() / 1e6;
          before = Waiting.of(flink, job.id());
        }
        if (window == warmUp + timed) {
          Waiting waited = Waiting.of(flink, job.id()).minus(before);
          double trained = (double) timed * windowImages;
          return new Row(
              replicas,
              processors,
              trained * 1e9 / (at - start),
              (flink.processorTime().toNanos() / 1e6 - processorStart) / trained,
              waited.idle() / waited.total(),
              waited.heldUp() / waited.total());
        }
      }
      throw new IllegalStateException("The last window returns.");
    }
  }

  /** Milliseconds of all trainers since they began. */
  private record Waiting(double idle, double heldUp, double busy) {

    static Waiting of(FlinkProcesses flink, String job) throws Exception {
      for (JsonNode vertex : flink.get("/jobs/" + job).path("vertices")) {
        if (vertex.path("name").asText().startsWith("train")) {
          JsonNode metrics = vertex.path("metrics");
          return new Waiting(
              metrics.path("accumulated-idle-time").asDouble(),
              metrics.path("accumulated-backpressured-time").asDouble(),
              metrics.path("accumulated-busy-time").asDouble());
        }
      }
      throw new BenchException("The job has no vertex of the trainers.");
    }

    Waiting minus(Waiting earlier) {
      return new Waiting(idle - earlier.idle, heldUp - earlier.heldUp, busy - earlier.busy);
    }

    double total() {
      return idle + heldUp + busy;
    }
  }
}
