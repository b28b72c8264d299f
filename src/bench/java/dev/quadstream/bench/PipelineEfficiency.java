package dev.quadstream.bench;

import dev.quadstream.image.PixelImage;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images per second through Kafka, Flink and the trainer back to Kafka, against the same embedding,
 * mining and training in a bare loop, {@link TrainingLoop} and the embeddings that the job puts
 * out, on the same images already decoded: one process, one setting, turn by turn.
 *
 * <p>A turn of the loop is as many windows as one of the {@linkplain JobTurns job}.
 */
final class PipelineEfficiency {

  private final PipelineSettings settings;
  private final BenchImages images;
  private final int windowImages;
  private final int publishEvery;

  PipelineEfficiency(PipelineSettings settings, BenchImages images) {
    this.settings = settings;
    this.images = images;
    this.windowImages = settings.get(WindowConfig.IMAGES);
    this.publishEvery = settings.get(JobConfig.PUBLISH_EVERY);
  }

  /**
   * What was measured.
   *
   * @param job images per second of each turn of the job
   * @param bareLoop images per second of each turn of the loop
   * @param trainingLoop the same without embedding each window's images once more, as the job does
   *     by the released model for its output
   * @param jobProcessorMillis that this process took for a window of each turn of the job; the
   *     broker has its own
   * @param loopProcessorMillis the same of the bare loop
   * @param jobStages mean milliseconds a window by stage, from the job's reports
   * @param loopStages the same of the training loop
   */
  record Result(
      List<Double> job,
      List<Double> bareLoop,
      List<Double> trainingLoop,
      List<Double> jobProcessorMillis,
      List<Double> loopProcessorMillis,
      Map<String, Double> jobStages,
      Map<String, Double> loopStages) {

    /** Median of the turns' ratios, each of neighbours in time. */
    double efficiency() {
      return ratio(job, bareLoop);
    }

    /** The same against the loop that does not embed for an output. */
    double toTrainingLoop() {
      return ratio(job, trainingLoop);
    }

    /**
     * Median of the turns' ratios of processor time, which other processes hardly change; above 1
     * where the job takes the more.
     */
    double processorRatio() {
      return ratio(jobProcessorMillis, loopProcessorMillis);
    }

    private static double ratio(List<Double> of, List<Double> to) {
      double[] ratios = new double[of.size()];
      Arrays.setAll(ratios, turn -> of.get(turn) / to.get(turn));
      return Turns.median(ratios);
    }
  }

  /** With the default options. */
  static Result run(Path directory, boolean quick) throws Exception {
    PipelineSettings settings = PipelineWorker.settings();
    BenchImages images = BenchImages.icons(settings.imageDecoder(settings.shape()), 4_096, 1);
    return new PipelineEfficiency(settings, images)
        .measure(directory, quick ? 6 : 8, quick ? 4 : 12, 2);
  }

  /**
   * Measures.
   *
   * @param warmUp turns that do not count
   * @param turns turns that do
   * @param published models published within a turn
   */
  Result measure(Path directory, int warmUp, int turns, int published) throws Exception {
    List<Double> job = new ArrayList<>();
    List<Double> bareLoop = new ArrayList<>();
    List<Double> trainingLoop = new ArrayList<>();
    List<Double> jobProcessorMillis = new ArrayList<>();
    List<Double> loopProcessorMillis = new ArrayList<>();
    Map<String, Double> jobStages = new LinkedHashMap<>();
    Map<String, Double> loopStages = new LinkedHashMap<>();
    long looped = 0;
    int timed = published * publishEvery;
    try (StreamedJob streamed = StreamedJob.start(settings, directory);
        TrainingLoop bare = new TrainingLoop(settings.loop())) {
      JobTurns ofJob = new JobTurns(streamed, images, settings);
      for (int turn = -warmUp; turn < turns; turn++) {
        Map<String, Double> stagesOfJob = turn < 0 ? new LinkedHashMap<>() : jobStages;
        JobTurns.Turn ofTheJob = ofJob.next(published, report -> add(report, stagesOfJob));
        Map<String, Double> stages = turn < 0 ? new LinkedHashMap<>() : loopStages;
        long start = System.nanoTime();
        long processorStart = JobTurns.processorNanos();
        long embedding = 0;
        long end = looped + (long) timed * windowImages;
        for (; looped < end; looped++) {
          WindowReport report = bare.accept(images.decoded(looped)).orElse(null);
          if (report != null) {
            add(report, stages);
            embedding += embedAsTheJobDoes(bare, looped, windowImages);
          }
        }
        long took = System.nanoTime() - start;
        double processorMillis = (JobTurns.processorNanos() - processorStart) / 1e6 / timed;
        if (turn >= 0) {
          job.add(ofTheJob.imagesPerSecond());
          bareLoop.add(perSecond(timed, took));
          trainingLoop.add(perSecond(timed, took - embedding));
          jobProcessorMillis.add(ofTheJob.processorMillis());
          loopProcessorMillis.add(processorMillis);
        }
      }
    }
    double windows = (double) turns * timed;
    jobStages.replaceAll((stage, millis) -> millis / windows);
    loopStages.replaceAll((stage, millis) -> millis / windows);
    return new Result(
        job,
        bareLoop,
        trainingLoop,
        jobProcessorMillis,
        loopProcessorMillis,
        jobStages,
        loopStages);
  }

  /** The embeddings of as many images as a window has; returns the nanoseconds that it took. */
  private long embedAsTheJobDoes(TrainingLoop bare, long last, int count) {
    long start = System.nanoTime();
    List<PixelImage> batch = new ArrayList<>(count);
    for (long number = Math.max(0, last - count + 1); number <= last; number++) {
      batch.add(images.decoded(number).pixels());
    }
    bare.trainer(0).network().embed(batch);
    return System.nanoTime() - start;
  }

  private double perSecond(int windows, long nanos) {
    return windows * windowImages * 1e9 / nanos;
  }

  private static void add(WindowReport report, Map<String, Double> stages) {
    report
        .details()
        .stageMillis()
        .forEach((stage, millis) -> stages.merge(stage, millis, Double::sum));
  }
}
