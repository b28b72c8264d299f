package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;

/**
 * Everything that the trainer of one replica knows: restoring it continues to the same bits.
 *
 * @param version windows processed, whether or not they trained anything
 * @param network the parameters that training goes on with, updater state and iteration
 * @param average the running average of the parameters, without updater state
 * @param means smoothed μ_p and μ_n
 * @param warmUpWindowsLeft windows still to train on random quadruplets
 * @param fallback parameters to fall back on when the embedding collapses, without updater state
 * @param refusedInARow windows refused since the last one that trained
 * @param refused windows refused in all
 * @param collapses collapses recovered from in all
 * @param resumed whether it began with a model of the run whose average was of many windows
 */
public record TrainerState(
    long version,
    NetworkState network,
    NetworkState average,
    DistanceMeans means,
    int warmUpWindowsLeft,
    NetworkState fallback,
    int refusedInARow,
    long refused,
    long collapses,
    boolean resumed) {}
