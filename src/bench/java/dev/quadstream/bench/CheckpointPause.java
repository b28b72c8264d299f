package dev.quadstream.bench;

import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.TrainerState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long a checkpoint of a large network and its publishing keep the trainer from training. */
final class CheckpointPause {

  private CheckpointPause() {}

  /**
   * What was measured.
   *
   * @param parameters of the network
   * @param copyMillis a copy of what training changes into memory that is there, median
   * @param pauseMillis the trainer's synchronous part of a checkpoint, median
   * @param longestPauseMillis of all checkpoints, the first one's included
   * @param stateBytes of a checkpoint
   * @param publishMillis to publish the network, median
   */
  record Result(
      long parameters,
      double copyMillis,
      double pauseMillis,
      double longestPauseMillis,
      long stateBytes,
      double publishMillis) {}

  static Result run(Path directory, boolean quick) throws Exception {
    String side = "227";
    PipelineSettings settings =
        PipelineWorker.settings(
            "network.trunk", "ALEXNET",
            "image.channels", "3",
            "image.height", side,
            "image.width", side,
            "window.images", "8",
            "mining.memory-images", "4",
            "memory.capacity", "32",
            "checkpoint.interval", "10 s");
    long parameters;
    double[] copies = new double[9];
    QuadrupletNetwork network = QuadrupletNetwork.create(settings.network());
    try (QuadrupletTrainer trainer = new QuadrupletTrainer(settings.training(), network)) {
      parameters = network.parameterCount();
      TrainerState room = trainer.state();
      for (int i = 0; i < copies.length; i++) {
        long start = System.nanoTime();
        room = trainer.state(room);
        copies[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    int wanted = quick ? 3 : 8;
    BenchImages images = BenchImages.icons(settings.imageDecoder(settings.shape()), 64, 1);
    try (StreamedJob job = StreamedJob.start(settings, directory)) {
      long sent = 0;
      List<Double> publishes = new ArrayList<>();
      while (job.checkpoints().completed().size() < wanted || publishes.isEmpty()) {
        for (int i = 0; i < 8; i++) {
          job.send(images.encoded(sent++));
        }
        job.flush();
        Map<String, Double> stages = job.nextReport().report().details().stageMillis();
        if (stages.containsKey("publish")) {
          publishes.add(stages.get("publish"));
        }
      }
      List<JobCheckpoints.Checkpoint> taken = job.checkpoints().completed();
      // Before the first window there is nothing to copy.
      List<Double> pauses =
          taken.stream()
              .filter(one -> one.bytes() > Float.BYTES * parameters)
              .map(one -> (double) one.trainPauseMillis())
              .toList();
      return new Result(
          parameters,
          Turns.median(copies),
          Statistics.median(pauses),
          Statistics.quantile(pauses, 1),
          taken.get(taken.size() - 1).bytes(),
          Statistics.median(publishes));
    }
  }
}
