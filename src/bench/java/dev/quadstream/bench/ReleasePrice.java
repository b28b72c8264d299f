package dev.quadstream.bench;

import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.WindowReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the gate costs the whole job: one that tests each window under two models, and puts out what
 * the live one makes of it, beside one that releases every model; turn by turn in one process, on
 * the same images.
 */
final class ReleasePrice {

  private static final int PUBLISHED_A_TURN = 2;

  private ReleasePrice() {}

  /**
   * One policy.
   *
   * @param imagesPerSecond of each turn
   * @param processorMillis of the process, for a window of each turn
   * @param stages mean milliseconds a window
   */
  record Policy(
      List<Double> imagesPerSecond, List<Double> processorMillis, Map<String, Double> stages) {

    private static Policy empty() {
      return new Policy(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
    }

    private void add(JobTurns.Turn turn) {
      imagesPerSecond.add(turn.imagesPerSecond());
      processorMillis.add(turn.processorMillis());
    }

    private void add(WindowReport report, double share) {
      report
          .details()
          .stageMillis()
          .forEach((stage, millis) -> stages.merge(stage, share * millis, Double::sum));
    }
  }

  /** Of turns that are neighbours in time. */
  record Result(Policy every, Policy gate) {

    List<Double> imagesPerSecondRatios() {
      return ratios(gate.imagesPerSecond(), every.imagesPerSecond());
    }

    List<Double> processorRatios() {
      return ratios(gate.processorMillis(), every.processorMillis());
    }

    private static List<Double> ratios(List<Double> of, List<Double> to) {
      return IntStream.range(0, of.size()).mapToObj(turn -> of.get(turn) / to.get(turn)).toList();
    }
  }

  static Result run(Path directory, boolean quick) throws Exception {
    int warmUp = quick ? 3 : 8;
    int turns = quick ? 6 : 24;
    PipelineSettings every = PipelineWorker.settings("release.policy", "every");
    PipelineSettings gate = PipelineWorker.settings("release.policy", "gate");
    BenchImages images = BenchImages.icons(gate.imageDecoder(gate.shape()), 4_096, 1);
    Result result = new Result(Policy.empty(), Policy.empty());
    try (StreamedJob first =
            StreamedJob.start(every, Files.createDirectories(directory.resolve("every")));
        StreamedJob second =
            StreamedJob.start(gate, Files.createDirectories(directory.resolve("gate")))) {
      JobTurns ofEvery = new JobTurns(first, images, every);
      JobTurns ofGate = new JobTurns(second, images, gate);
      for (int turn = -warmUp; turn < turns; turn++) {
        boolean counts = turn >= 0;
        // In turns, too, who is first.
        if (turn % 2 == 0) {
          take(ofEvery, result.every(), counts, turns);
          take(ofGate, result.gate(), counts, turns);
        } else {
          take(ofGate, result.gate(), counts, turns);
          take(ofEvery, result.every(), counts, turns);
        }
      }
    }
    return result;
  }

  private static void take(JobTurns job, Policy policy, boolean counts, int turns)
      throws Exception {
    int windows = turns * job.windows(PUBLISHED_A_TURN);
    JobTurns.Turn turn =
        job.next(
            PUBLISHED_A_TURN,
            report -> {
              if (counts) {
                policy.add(report, 1.0 / windows);
              }
            });
    if (counts) {
      policy.add(turn);
    }
  }
}
