package dev.quadstream.training;

import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;

/**
 * A published model as mining uses it. Not thread-safe, as its network is not.
 *
 * @param version windows that the trainer had processed
 * @param network used for inference only
 * @param margins α₁ and α₂ at that version
 */
public record MiningModel(long version, QuadrupletNetwork network, Margins margins) {}
