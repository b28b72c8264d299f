/**
 * The quadruplet network on Deeplearning4j: trunks, the learned pair metric's head, access to
 * parameters, gradients and updater state, and model files (package {@code file}).
 *
 * <p>What belongs here: with its sub-packages, everything that touches an {@code INDArray} or a
 * Deeplearning4j class; outside of {@code pass} none of them appears in a public signature, so that
 * nobody outside can put one into a record or into Flink state. What does not: losses, margins,
 * mining (package {@code metric}), the training loop (package {@code training}), anything of Flink
 * or Kafka.
 */
package dev.quadstream.network;
