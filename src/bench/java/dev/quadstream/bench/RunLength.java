package dev.quadstream.bench;

import dev.quadstream.network.environment.NativeLibraries;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Whether anything grows with the length of a run: the first sixth after the warm-up, in which the
 * memory fills, against the last sixth.
 */
final class RunLength {

  private static final int AHEAD_WINDOWS = 16;
  private static final int LOOK_EVERY = 64;
  private static final int SHARES = 6;
  private static final int COLLECTIONS = 3;

  private RunLength() {}

  /**
   * A sixth of the run.
   *
   * @param windowMillis mean time a window
   * @param heapBytes what a full collection at its start leaves: between two of G1's own looks for
   *     old garbage, the heap in use says how long ago the last one was
   * @param nativeArrayBytes at its end
   * @param processBytes all that the process holds, at its end
   * @param checkpointBytes median state size of its checkpoints
   * @param checkpointMillis median duration of its checkpoints
   */
  record Share(
      double windowMillis,
      long heapBytes,
      long nativeArrayBytes,
      long processBytes,
      double checkpointBytes,
      double checkpointMillis) {}

  /**
   * Both.
   *
   * @param minutes of the run
   * @param windows of the run
   * @param mostProcessBytes the most that the process held at any window of the run
   */
  record Result(double minutes, long windows, long mostProcessBytes, Share first, Share last) {}

  static Result run(Path directory, boolean quick) throws Exception {
    Duration length = quick ? Duration.ofSeconds(24) : Duration.ofHours(1);
    PipelineSettings settings =
        PipelineWorker.settings("checkpoint.interval", quick ? "1 s" : "30 s");
    int windowImages = settings.get(WindowConfig.IMAGES);
    long warmUp =
        2L * settings.get(MiningConfig.MEMORY_CAPACITY) / windowImages
            + 4L * settings.get(JobConfig.PUBLISH_EVERY);
    BenchImages images = BenchImages.icons(settings.imageDecoder(settings.shape()), 8_192, 1);
    long share = length.toNanos() / SHARES;
    Span first = new Span(0, share);
    Span last = new Span((SHARES - 1) * share, SHARES * share);
    try (StreamedJob job = StreamedJob.start(settings, directory)) {
      long sent = 0;
      long start = 0;
      long startMillis = 0;
      long windows = 0;
      long mostProcess = 0;
      for (long window = 0;
          window <= warmUp || System.nanoTime() - start < length.toNanos();
          window++) {
        for (; sent < (window + AHEAD_WINDOWS) * windowImages; sent++) {
          job.send(images.encoded(sent));
        }
        long at = job.nextReport().nanos();
        if (window == warmUp) {
          start = at;
          startMillis = System.currentTimeMillis();
        }
        if (window >= warmUp) {
          windows++;
          first.add(at - start);
          last.add(at - start);
          // After the collection that the first part begins with, which frees what starting took.
          mostProcess = Math.max(mostProcess, NativeLibraries.processBytes());
        }
        if (window % LOOK_EVERY == 0) {
          job.checkpoints().look();
        }
      }
      List<JobCheckpoints.Checkpoint> checkpoints = job.checkpoints().completed();
      return new Result(
          length.toSeconds() / 60.0,
          windows,
          mostProcess,
          first.share(checkpoints, startMillis),
          last.share(checkpoints, startMillis));
    }
  }

  /**
   * What is seen between two times. Not a list of windows, which would itself be the memory that
   * grows.
   */
  private static final class Span {

    private final long from;
    private final long to;
    private long windows;
    private long firstNanos;
    private long lastNanos;
    private long heap;
    private long nativeArrays;
    private long process;

    Span(long from, long to) {
      this.from = from;
      this.to = to;
    }

    void add(long nanos) {
      if (nanos < from || nanos >= to) {
        return;
      }
      if (windows == 0) {
        firstNanos = nanos;
        heap = heapAfterCollection();
      }
      lastNanos = nanos;
      windows++;
      nativeArrays = NativeLibraries.arrayBytes();
      process = NativeLibraries.processBytes();
    }

    Share share(List<JobCheckpoints.Checkpoint> checkpoints, long startMillis) {
      List<JobCheckpoints.Checkpoint> taken =
          checkpoints.stream()
              .filter(checkpoint -> checkpoint.triggered() >= startMillis + from / 1_000_000)
              .filter(checkpoint -> checkpoint.triggered() < startMillis + to / 1_000_000)
              .toList();
      return new Share(
          (lastNanos - firstNanos) / 1e6 / (windows - 1),
          heap,
          nativeArrays,
          process,
          median(taken.stream().map(checkpoint -> (double) checkpoint.bytes()).toList()),
          median(taken.stream().map(checkpoint -> (double) checkpoint.millis()).toList()));
    }
  }

  /** The least after several, since the job fills it again while this thread goes to look. */
  private static long heapAfterCollection() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static double median(List<Double> values) {
    return values.isEmpty() ? Double.NaN : Statistics.median(values);
  }
}
