package dev.quadstream.bench;

import dev.quadstream.bench.PipelineWorker.Task;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A part of the benchmark, which can be run alone. */
enum BenchPart {
  TRAIN_STEP(new TrainStepPart()),
  INFERENCE(new InferencePart()),
  CORES(new CoresPart()),
  TRAINER(new TrainerPart()),
  PIPELINE(new PipelinePart(Task.EFFICIENCY, Task.LATENCY)),
  GROWTH(new PipelinePart(Task.GROWTH, Task.RUN_LENGTH)),
  RELEASES(new PipelinePart(Task.RELEASES)),
  SCALING(new PipelinePart(Task.SCALING)),
  CHECKPOINT(new PipelinePart(Task.CHECKPOINT)),
  SEARCH(new SearchPart()),
  BACKBONE(new BackbonePart());

  /** Those that say how fast training and embedding are: what a rough answer is about. */
  static final Set<BenchPart> CHIEF = EnumSet.range(TRAIN_STEP, PIPELINE);

  private final Measuring measurement;

  BenchPart(Measuring measurement) {
    this.measurement = measurement;
  }

  Measuring measurement() {
    return measurement;
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
