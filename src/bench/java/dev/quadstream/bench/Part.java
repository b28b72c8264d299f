package dev.quadstream.bench;

import dev.quadstream.bench.PipelineWorker.Task;
import java.util.Locale;

/** A part of the benchmark, which can be run alone. */
enum Part {
  TRAIN_STEP("trainStep", new TrainStepPart()),
  INFERENCE("inference", new InferencePart()),
  TRAINER("trainer", new TrainerPart()),
  PIPELINE("pipeline", new PipelinePart(Task.EFFICIENCY, Task.LATENCY)),
  GROWTH("growth", new PipelinePart(Task.GROWTH, Task.RUN_LENGTH)),
  CHECKPOINT("checkpoint", new PipelinePart(Task.CHECKPOINT));

  private final String key;
  private final Measurement measurement;

  Part(String key, Measurement measurement) {
    this.key = key;
    this.measurement = measurement;
  }

  /** Its name in the report. */
  String key() {
    return key;
  }

  Measurement measurement() {
    return measurement;
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
