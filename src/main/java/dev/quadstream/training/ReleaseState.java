package dev.quadstream.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is live and what is known of the candidates: what the merge keeps from version to version.
 *
 * @param live the released version
 * @param previous the one before it, or null
 * @param held whether a command keeps it
 * @param behind by how much recall@1 the live version is estimated to lie below the best release so
 *     far, 0 and above
 * @param verdict on the newest candidate, or what a command did
 * @param quarantined versions that are never released, the newest last
 * @param trial the candidate, or null
 * @param harm evidence against the candidates since the last release or quarantine
 * @param stream evidence that images or labels have gone wrong
 * @param commands how many commands have been carried out in the run
 */
public record ReleaseState(
    long live,
    Long previous,
    boolean held,
    double behind,
    Verdict verdict,
    List<Long> quarantined,
    ReleaseTrial trial,
    HarmEvidence harm,
    StreamEvidence stream,
    long commands) {

  /** Far more than are candidates at once. */
  private static final int MAX_QUARANTINED = 64;

  /** What has come of the newest candidate or command. */
  public enum Verdict {
    FIRST,
    WAITING,
    RELEASED,
    QUARANTINED,
    PINNED,
    UNPINNED,
    ROLLED_BACK,
    HELD
  }

  public ReleaseState {
    quarantined = List.copyOf(quarantined);
    // What an earlier release wrote has none.
    stream = stream == null ? StreamEvidence.NONE : stream;
  }

  /** With the first release of a run. */
  public static ReleaseState first(long live) {
    return new ReleaseState(
        live,
        null,
        false,
        0,
        Verdict.FIRST,
        List.of(),
        null,
        HarmEvidence.NONE,
        StreamEvidence.NONE,
        0);
  }

  /** With another live version, and everything about candidates forgotten. */
  ReleaseState release(long version, Verdict why, double newBehind) {
    return version == live
        ? withVerdict(why)
        : new ReleaseState(
            version,
            live,
            held,
            newBehind,
            why,
            quarantined,
            null,
            HarmEvidence.NONE,
            stream,
            commands);
  }

  /** The same, of which something else is said. */
  ReleaseState withVerdict(Verdict other) {
    return new ReleaseState(
        live, previous, held, behind, other, quarantined, trial, harm, stream, commands);
  }

  /** A version is live and stays so until {@link #unpinned}. */
  public ReleaseState pinned(long version) {
    return release(version, Verdict.PINNED, behind).without(version).holding(true).byCommand();
  }

  /** The policy decides again. */
  public ReleaseState unpinned() {
    return holding(false).withVerdict(Verdict.UNPINNED).byCommand();
  }

  /** What is live stays so until {@link #unpinned}. */
  public ReleaseState hold() {
    return holding(true).withVerdict(Verdict.HELD).byCommand();
  }

  /** A version is live in place of one that is never released again, until {@link #unpinned}. */
  public ReleaseState rolledBack(long version) {
    return release(version, Verdict.ROLLED_BACK, behind)
        .without(version)
        .quarantine(List.of(live))
        .before(null)
        .holding(true)
        .byCommand();
  }

  /**
   * A version is never released; where it is live, the one before it is.
   *
   * @throws IllegalStateException where it is live and none before it is known
   */
  public ReleaseState quarantined(long version) {
    if (version != live) {
      ReleaseState state = trial != null && trial.candidate() == version ? on(null, harm) : this;
      return state
          .before(Objects.equals(previous, version) ? null : previous)
          .quarantine(List.of(version))
          .withVerdict(Verdict.QUARANTINED)
          .byCommand();
    }
    if (previous == null) {
      throw new IllegalStateException("No version is known that was live before " + version + ".");
    }
    return release(previous, Verdict.QUARANTINED, behind)
        .quarantine(List.of(version))
        .before(null)
        .byCommand();
  }

  /**
   * Whether candidates have been quarantined since an earlier state, on evidence and by no command.
   *
   * @param before or null, before the first release
   */
  public boolean hasQuarantinedSince(ReleaseState before) {
    return before != null
        && verdict == Verdict.QUARANTINED
        && !quarantined.equals(before.quarantined());
  }

  private ReleaseState byCommand() {
    return with(previous, held, quarantined, commands + 1);
  }

  private ReleaseState holding(boolean hold) {
    return with(previous, hold, quarantined, commands);
  }

  private ReleaseState before(Long other) {
    return with(other, held, quarantined, commands);
  }

  ReleaseState on(ReleaseTrial next, HarmEvidence evidence) {
    return new ReleaseState(
        live, previous, held, behind, verdict, quarantined, next, evidence, stream, commands);
  }

  ReleaseState on(StreamEvidence evidence) {
    return new ReleaseState(
        live, previous, held, behind, verdict, quarantined, trial, harm, evidence, commands);
  }

  ReleaseState quarantine(List<Long> versions) {
    List<Long> more = new ArrayList<>(quarantined);
    more.removeAll(versions);
    more.addAll(versions);
    List<Long> newest = more.subList(Math.max(0, more.size() - MAX_QUARANTINED), more.size());
    return with(previous, held, newest, commands);
  }

  private ReleaseState without(long version) {
    List<Long> others = quarantined.stream().filter(other -> other != version).toList();
    return with(previous, held, others, commands);
  }

  private ReleaseState with(Long before, boolean hold, List<Long> never, long done) {
    return new ReleaseState(live, before, hold, behind, verdict, never, trial, harm, stream, done);
  }
}
