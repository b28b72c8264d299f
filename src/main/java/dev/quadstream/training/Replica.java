package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One replica of the model at work. It trains on its windows by itself, brings what came of it to
 * the merge at the end of each round, and takes a merged version when, and because, a batch was
 * mined with it: what it learned since the round's end is kept, θ ← θ_merged + (θ − θ_end). The
 * version exists by then, so the replica never waits for one. One that begins where the number of
 * replicas changed goes on from the version that those before it ended with.
 *
 * <p>Not thread-safe; close it.
 */
public final class Replica implements AutoCloseable {

  private final QuadrupletTrainer trainer;
  private final MergedModels merged;
  private Progress progress;

  /**
   * Where a round ended that has not been merged, or whose merge has not been taken.
   *
   * @param version windows of the replica at that time
   * @param parameters at that time
   * @param means at that time
   */
  public record RoundEnd(long version, TrainedParameters parameters, DistanceMeans means) {}

  /**
   * How far a replica has come.
   *
   * @param last its last window, or null
   * @param ended windows up to the end of its last round
   * @param trained windows that it trained on since then
   * @param rolledBack whether it was rolled back since then
   * @param open ends of rounds whose merge it has not taken, oldest first
   */
  public record Progress(
      WindowId last, long ended, int trained, boolean rolledBack, List<RoundEnd> open) {

    /** Before the first window. */
    public static final Progress NONE = new Progress(null, 0, 0, false, List.of());

    public Progress {
      open = List.copyOf(open);
    }
  }

  /** A replica before its first window. The trainer is its own from here on. */
  public Replica(QuadrupletTrainer trainer, MergedModels merged) {
    this(trainer, merged, Progress.NONE);
  }

  /** A replica that goes on, as its trainer does. */
  public Replica(QuadrupletTrainer trainer, MergedModels merged, Progress progress) {
    this.trainer = trainer;
    this.merged = merged;
    this.progress = progress;
  }

  public QuadrupletTrainer trainer() {
    return trainer;
  }

  public Progress progress() {
    return progress;
  }

  /**
   * Trains on one window and reports it.
   *
   * @throws TrainingDivergedException after too many refused windows in a row
   */
  public WindowReport train(TrainingBatch batch) {
    takeMergeOf(batch);
    long rollBacks = trainer.rollBacks();
    int updates = trainer.network().iteration();
    WindowReport report = trainer.train(batch);
    boolean rolledBack = trainer.rollBacks() != rollBacks;
    boolean updated = !rolledBack && trainer.network().iteration() != updates;
    progress =
        new Progress(
            batch.id(),
            progress.ended,
            progress.trained + (updated ? 1 : 0),
            progress.rolledBack || rolledBack,
            // What was learned since those ends is gone.
            rolledBack ? List.of() : progress.open);
    return report;
  }

  private void takeMergeOf(TrainingBatch batch) {
    if (progress.last == null && batch.id().first() > 0) {
      trainer.goOnFrom(merged.find(batch.id().run(), batch.miningVersion()));
      return;
    }
    long version = batch.id().windowsOfEach(batch.miningVersion());
    Optional<RoundEnd> end =
        progress.open.stream().filter(open -> open.version == version).findFirst();
    if (end.isEmpty()) {
      return;
    }
    RoundEnd taken = end.get();
    MergedModel model = merged.find(batch.id().run(), batch.miningVersion());
    trainer.move(taken.parameters, model.parameters(), taken.means, model.means());
    List<RoundEnd> later = new ArrayList<>();
    for (RoundEnd open : progress.open) {
      if (open.version > version) {
        later.add(
            new RoundEnd(
                open.version,
                open.parameters.movedBy(taken.parameters, model.parameters()),
                open.means.movedBy(taken.means, model.means())));
      }
    }
    progress =
        new Progress(progress.last, progress.ended, progress.trained, progress.rolledBack, later);
  }

  /** Whether a window is dealt among the same replicas as those that this one has processed. */
  public boolean isAmongThoseOf(WindowId window) {
    return progress.last == null || progress.last.first() == window.first();
  }

  /**
   * Ends a round after a window.
   *
   * @param figures of the window's report, by name
   */
  public Contribution endRound(Map<String, Double> figures) {
    Contribution contribution =
        new Contribution(
            progress.last,
            progress.rolledBack ? 0 : progress.trained,
            trainer.parameters(),
            trainer.means(),
            trainer.isWarmingUp(),
            figures);
    List<RoundEnd> open = new ArrayList<>(progress.open);
    open.add(new RoundEnd(contribution.version(), contribution.parameters(), contribution.means()));
    progress = new Progress(progress.last, contribution.version(), 0, false, open);
    return contribution;
  }

  /** Whether it has processed windows since its last round. */
  public boolean isWithinRound() {
    return trainer.version() > progress.ended;
  }

  @Override
  public void close() {
    trainer.close();
  }
}
