package dev.quadstream.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.training.WindowReport;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;

/**
 * A job that works when it is its turn, and else waits for images. A turn is timed between two of
 * its reports, with images waiting in Kafka at both and a whole number of published models between.
 */
final class JobTurns {

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final StreamedJob job;
  private final BenchImages images;
  private final int windowImages;
  private final int publishEvery;
  private long sent;

  JobTurns(StreamedJob job, BenchImages images, PipelineSettings settings) {
    this.job = job;
    this.images = images;
    this.windowImages = settings.get(WindowConfig.IMAGES);
    this.publishEvery = settings.get(JobConfig.PUBLISH_EVERY);
  }

  /**
   * One turn.
   *
   * @param imagesPerSecond of the wall's time
   * @param processorMillis that this process took for a window
   */
  record Turn(double imagesPerSecond, double processorMillis) {}

  /** The number of windows of so many published models. */
  int windows(int published) {
    return published * publishEvery;
  }

  /** One turn of so many published models; each of its reports is handed on. */
  Turn next(int published, Consumer<WindowReport> seen) throws Exception {
    int timed = windows(published);
    long end = sent + (long) (timed + 2 * publishEvery) * windowImages;
    for (; sent < end; sent++) {
      job.send(images.encoded(sent));
    }
    job.flush();
    long start = skip();
    long processorStart = processorNanos();
    long last = start;
    for (int window = 0; window < timed; window++) {
      StreamedJob.Arrived arrived = job.nextReport();
      seen.accept(arrived.report());
      last = arrived.nanos();
    }
    double processorMillis = (processorNanos() - processorStart) / 1e6 / timed;
    skip();
    return new Turn(timed * windowImages * 1e9 / (last - start), processorMillis);
  }

  /** What this process has taken so far, of all its threads. */
  static long processorNanos() {
    return PROCESS.getProcessCpuTime();
  }

  private long skip() throws Exception {
    long last = 0;
    for (int window = 0; window < publishEvery; window++) {
      last = job.nextReport().nanos();
    }
    return last;
  }
}
