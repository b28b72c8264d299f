package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
import java.util.List;
import java.util.Map;

/**
 * What a replica brings to the merge at the end of a round.
 *
 * @param last its last window of the round
 * @param trained h, the windows that it trained on in the round; 0 where it was rolled back in it
 * @param parameters at the end of the round, and at its start where an {@link OuterStep} needs them
 * @param means smoothed μ_p and μ_n
 * @param warmingUp whether it trains on random quadruplets with the fixed margins
 * @param figures of its last report, by name, and {@link Rounds#ROLLED_BACK} where it was
 * @param tests what the round's windows have shown of mining model and released model
 */
public record Contribution(
    WindowId last,
    int trained,
    ContributedParameters parameters,
    DistanceMeans means,
    boolean warmingUp,
    Map<String, Double> figures,
    List<PairedTest> tests) {

  public Contribution {
    tests = List.copyOf(tests);
  }

  /** The same with its parameters elsewhere. */
  public Contribution with(ContributedParameters moved) {
    return new Contribution(last, trained, moved, means, warmingUp, figures, tests);
  }

  /** Whether the replica went back to its last good parameters in the round. */
  boolean isRolledBack() {
    return figures.containsKey(Rounds.ROLLED_BACK);
  }

  /** The windows that the replica has processed. */
  public long version() {
    return last.inReplica() + 1;
  }
}
