package dev.quadstream.bench;

import dev.quadstream.network.NativeLibraries;
import dev.quadstream.stream.PipelineSettings;
import dev.quadstream.stream.QuadstreamOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether anything grows with the length of a run: the first sixth after the warm-up, in which the
 * memory fills, against the last sixth.
 */
final class RunLength {

  private static final int AHEAD_WINDOWS = 16;
  private static final int LOOK_EVERY = 64;

  private RunLength() {}

  /**
   * A sixth of the run.
   *
   * @param windowMillis mean time a window
   * @param heapBytes the least in use at any window: what garbage collection cannot free
   * @param nativeArrayBytes at its end
   * @param checkpointBytes median state size of its checkpoints
   * @param checkpointMillis median duration of its checkpoints
   */
  record Share(
      double windowMillis,
      long heapBytes,
      long nativeArrayBytes,
      double checkpointBytes,
      double checkpointMillis) {}

  /** Both, and how many windows and minutes the run had. */
  record Result(double minutes, long windows, Share first, Share last) {}

  static Result run(Path directory, boolean quick) throws Exception {
    Duration length = quick ? Duration.ofSeconds(60) : Duration.ofHours(1);
    PipelineSettings settings =
        PipelineWorker.settings("checkpoint.interval", quick ? "2 s" : "30 s");
    int windowImages = settings.get(QuadstreamOptions.WINDOW_IMAGES);
    long warmUp =
        2L * settings.get(QuadstreamOptions.MEMORY_CAPACITY) / windowImages
            + 4L * settings.get(QuadstreamOptions.PUBLISH_EVERY);
    BenchImages images = BenchImages.icons(settings, 8_192, 1);
    List<long[]> windows = new ArrayList<>();
    try (StreamedJob job = StreamedJob.start(settings, directory)) {
      long sent = 0;
      long start = 0;
      long startMillis = 0;
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
          windows.add(
              new long[] {
                at - start,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                NativeLibraries.arrayBytes()
              });
        }
        if (window % LOOK_EVERY == 0) {
          job.checkpoints().look();
        }
      }
      List<JobCheckpoints.Checkpoint> checkpoints = job.checkpoints().completed();
      long share = length.toNanos() / 6;
      return new Result(
          length.toSeconds() / 60.0,
          windows.size(),
          share(windows, checkpoints, 0, share, startMillis),
          share(windows, checkpoints, 5 * share, 6 * share, startMillis));
    }
  }

  private static Share share(
      List<long[]> windows,
      List<JobCheckpoints.Checkpoint> checkpoints,
      long from,
      long to,
      long startMillis) {
    List<long[]> within =
        windows.stream().filter(window -> window[0] >= from && window[0] < to).toList();
    List<JobCheckpoints.Checkpoint> taken =
        checkpoints.stream()
            .filter(checkpoint -> checkpoint.triggered() >= startMillis + from / 1_000_000)
            .filter(checkpoint -> checkpoint.triggered() < startMillis + to / 1_000_000)
            .toList();
    long[] last = within.get(within.size() - 1);
    return new Share(
        (last[0] - within.get(0)[0]) / 1e6 / (within.size() - 1),
        within.stream().mapToLong(window -> window[1]).min().orElseThrow(),
        last[2],
        median(taken.stream().map(checkpoint -> (double) checkpoint.bytes()).toList()),
        median(taken.stream().map(checkpoint -> (double) checkpoint.millis()).toList()));
  }

  private static double median(List<Double> values) {
    return values.isEmpty() ? Double.NaN : Statistics.median(values);
  }
}
