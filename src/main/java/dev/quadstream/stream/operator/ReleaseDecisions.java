package dev.quadstream.stream.operator;

import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.ReleasePolicy;
import dev.quadstream.training.ReleaseState;
import dev.quadstream.training.ReleaseTrial;
import java.util.Locale;

/** The gate's state as manifests and the releases topic tell it. */
final class ReleaseDecisions {

  private ReleaseDecisions() {}

  static ReleaseDecision of(ReleaseState state, ReleasePolicy policy) {
    return new ReleaseDecision(
        state.live(),
        state.previous(),
        policy.name().toLowerCase(Locale.ROOT),
        state.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        state.held(),
        state.quarantined(),
        evidence(state),
        state.commands());
  }

  private static ReleaseDecision.Evidence evidence(ReleaseState state) {
    ReleaseTrial trial = state.trial();
    return trial == null
        ? null
        : new ReleaseDecision.Evidence(
            trial.candidate(),
            state.live(),
            counts(trial.all()),
            counts(trial.longKnown()),
            state.harm().value());
  }

  private static ReleaseDecision.Counts counts(PairedCounts counts) {
    return new ReleaseDecision.Counts(counts.tested(), counts.gained(), counts.lost());
  }
}
