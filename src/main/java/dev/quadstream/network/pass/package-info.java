/**
 * The passes through a chain of layers, forward and back, on Deeplearning4j's parameters: kernels
 * of oneDNN and of ND4J, and the memory that they keep.
 *
 * <p>What belongs here: how layers are computed. What does not: which layers there are, and what is
 * computed with them (package {@code network}). {@code INDArray}s are in public signatures here, so
 * this package is for the network's packages alone.
 */
package dev.quadstream.network.pass;
