package dev.quadstream.stream.format;

import dev.quadstream.network.NetworkSpec;
import dev.quadstream.training.TrainerState;

/**
 * The trainer of one shard as a checkpoint holds it.
 *
 * @param run the run that the versions count in
 * @param shard the shard
 * @param shards how many shards the stream was divided into
 * @param spec the network that the parameters belong to
 * @param publishedVersion version of the last published model, 0 before the first
 * @param trainer parameters and all else that training needs
 */
public record ShardTraining(
    String run,
    int shard,
    int shards,
    NetworkSpec spec,
    long publishedVersion,
    TrainerState trainer) {}
