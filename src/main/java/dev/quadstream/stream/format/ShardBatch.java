package dev.quadstream.stream.format;

import dev.quadstream.stream.operator.AssembleFunction;
import dev.quadstream.training.TrainingBatch;

/**
 * A training batch on its way to the trainer.
 *
 * @param run the run that the shard's windows are numbered in; see {@link AssembleFunction}
 * @param publish whether the version that this batch leads to is published
 * @param batch the batch
 */
public record ShardBatch(String run, boolean publish, TrainingBatch batch) {}
