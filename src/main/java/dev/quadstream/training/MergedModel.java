package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
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
 */
public record MergedModel(
    String run,
    long version,
    TrainedParameters parameters,
    DistanceMeans means,
    boolean warmingUp,
    Map<String, Double> figures) {}
