/**
 * The quadruplet network on Deeplearning4j: trunks, the learned pair metric's head, access to
 * parameters, gradients and updater state, and model files.
 *
 * <p>What belongs here: everything that touches an {@code INDArray} or a Deeplearning4j class; none
 * of them appears in a public signature, so that nobody outside can put one into a record or into
 * Flink state. What does not: losses, margins, mining (package {@code metric}), the training loop
 * (package {@code training}), anything of Flink or Kafka.
 */
package dev.quadstream.network;
