package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One replica of the model at work. It trains on its windows by itself, brings what came of it to
 * the merge at the end of each round, and takes a merged version when, and because, a batch was
 * mined with it: what it learned since the round's end is kept, θ ← θ_merged + (θ − θ_end). The
 * version exists by then, so the replica never waits for one. One that begins where the number of
 * replicas changed goes on from the version that those before it ended with, and one that begins
 * with a run from the model that the run was given.
 *
 * <p>Not thread-safe; close it.
 */
public final class Replica implements AutoCloseable {

  private final QuadrupletTrainer trainer;
  private final MergedModels merged;
  private final boolean keepsStarts;
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
   * @param start the parameters at the end of its last round, moved by each merge taken since; null
   *     where no {@link OuterStep} needs them
   * @param tests of mining model and released model since then
   */
  public record Progress(
      WindowId last,
      long ended,
      int trained,
      boolean rolledBack,
      List<RoundEnd> open,
      TrainedParameters start,
      List<PairedTest> tests) {

    /** Before the first window. */
    public static final Progress NONE = new Progress(null, 0, 0, false, List.of(), null, List.of());

    public Progress {
      open = List.copyOf(open);
      tests = List.copyOf(tests);
    }

    Progress after(WindowId window, boolean updated, boolean nowRolledBack) {
      return new Progress(
          window,
          ended,
          trained + (updated ? 1 : 0),
          rolledBack || nowRolledBack,
          // What was learned since those ends is gone.
          nowRolledBack ? List.of() : open,
          start,
          tests);
    }

    /** With a test of mining model and released model, or null. */
    Progress with(PairedTest test) {
      return test == null
          ? this
          : new Progress(
              last, ended, trained, rolledBack, open, start, PairedTest.with(tests, test));
    }

    Progress startingAt(TrainedParameters parameters) {
      return new Progress(last, ended, trained, rolledBack, open, parameters, tests);
    }

    /** The end of a round whose merge has not been taken. */
    Optional<RoundEnd> openEnd(long version) {
      return open.stream().filter(end -> end.version == version).findFirst();
    }

    /**
     * With the merge of a round taken: what came later is as far from the merge as it was from the
     * end.
     */
    Progress taking(RoundEnd taken, MergedModel model) {
      List<RoundEnd> later = new ArrayList<>();
      for (RoundEnd end : open) {
        if (end.version > taken.version) {
          later.add(
              new RoundEnd(
                  end.version,
                  end.parameters.movedBy(taken.parameters, model.parameters()),
                  end.means.movedBy(taken.means, model.means())));
        }
      }
      TrainedParameters from = null;
      if (start != null) {
        from =
            taken.version == ended
                ? model.parameters()
                : start.movedBy(taken.parameters, model.parameters());
      }
      return new Progress(last, ended, trained, rolledBack, later, from, tests);
    }

    /** After the end of a round. */
    Progress ending(Contribution contribution, TrainedParameters end, boolean keepsStarts) {
      List<RoundEnd> more = new ArrayList<>(open);
      more.add(new RoundEnd(contribution.version(), end, contribution.means()));
      return new Progress(
          last, contribution.version(), 0, false, more, keepsStarts ? end : null, List.of());
    }
  }

  /** A replica before its first window. The trainer is its own from here on. */
  public Replica(QuadrupletTrainer trainer, MergedModels merged, OuterStep step) {
    this(trainer, merged, step, Progress.NONE);
  }

  /** A replica that goes on, as its trainer does. */
  public Replica(
      QuadrupletTrainer trainer, MergedModels merged, OuterStep step, Progress progress) {
    this.trainer = trainer;
    this.merged = merged;
    this.keepsStarts = !step.isPlain();
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
    long rollbacks = trainer.rollbacks();
    int updates = trainer.network().iteration();
    WindowReport report = trainer.train(batch);
    boolean rolledBack = trainer.rollbacks() != rollbacks;
    boolean updated = !rolledBack && trainer.network().iteration() != updates;
    progress = progress.after(batch.id(), updated, rolledBack).with(batch.tests().paired());
    return report;
  }

  private void takeMergeOf(TrainingBatch batch) {
    if (progress.last == null) {
      merged.find(batch.id().run(), batch.miningVersion()).ifPresent(trainer::resumeFrom);
      progress = progress.startingAt(keepsStarts ? trainer.parameters() : null);
      return;
    }
    Optional<RoundEnd> end = progress.openEnd(batch.id().windowsOfEach(batch.miningVersion()));
    end.ifPresent(
        round ->
            merged
                .find(batch.id().run(), batch.miningVersion())
                .ifPresent(model -> take(round, model)));
  }

  private void take(RoundEnd end, MergedModel model) {
    trainer.moveBy(end.parameters, model.parameters(), end.means, model.means());
    progress = progress.taking(end, model);
  }

  /** Whether a window is dealt among the same replicas as those that this one has processed. */
  public boolean hasSameReplicasAs(WindowId window) {
    return progress.last == null || progress.last.first() == window.first();
  }

  /**
   * Ends a round after a window.
   *
   * @param figures of the window's report, by name
   */
  public Contribution endRound(Map<String, Double> figures) {
    TrainedParameters end = trainer.parameters();
    Map<String, Double> all = new TreeMap<>(figures);
    if (progress.rolledBack) {
      all.put(Rounds.ROLLED_BACK, 1.0);
    }
    Contribution contribution =
        new Contribution(
            progress.last,
            progress.rolledBack ? 0 : progress.trained,
            new HeldParameters(end, progress.start),
            trainer.means(),
            trainer.isWarmingUp(),
            all,
            progress.tests);
    progress = progress.ending(contribution, end, keepsStarts);
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
