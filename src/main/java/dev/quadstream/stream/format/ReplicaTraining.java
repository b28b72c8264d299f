package dev.quadstream.stream.format;

import dev.quadstream.network.NetworkSpec;
import dev.quadstream.training.Replica;
import dev.quadstream.training.TrainerState;

/**
 * One replica as a checkpoint holds it.
 *
 * @param spec the network that the parameters belong to
 * @param trainer parameters and all else that training needs
 * @param progress how far the replica has come
 */
public record ReplicaTraining(NetworkSpec spec, TrainerState trainer, Replica.Progress progress) {}
