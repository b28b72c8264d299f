package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import java.util.List;
import java.util.Map;

/**
 * A version of the run: the replicas' mean.
 *
 * @param run the run
 * @param version windows that the replicas have processed together
 * @param parameters that are published, and that the replicas go on from
 * @param means smoothed μ_p and μ_n
 * @param warmingUp whether the margins are still the fixed ones
 * @param figures of the replicas' last reports, by name
 * @param momentum of the {@link OuterStep} after it; null without one
 * @param tests what the windows since the version before have shown of mining model and released
 *     model
 */
public record MergedModel(
    String run,
    long version,
    TrainedParameters parameters,
    DistanceMeans means,
    boolean warmingUp,
    Map<String, Double> figures,
    NetworkState momentum,
    List<PairedTest> tests) {

  /** Whether training broke down in the round, and began anew from parameters of before. */
  public boolean isAfterBreakdown() {
    return figures.containsKey(Rounds.ROLLED_BACK);
  }

  /** A model that no outer step led to, or that is read from its file. */
  public MergedModel(
      String run,
      long version,
      TrainedParameters parameters,
      DistanceMeans means,
      boolean warmingUp,
      Map<String, Double> figures) {
    this(run, version, parameters, means, warmingUp, figures, null, List.of());
  }
}
