/**
 * Chains of layers as ONNX graphs, for runtimes that know neither Deeplearning4j nor this project.
 *
 * <p>Here belongs how a layer is said in ONNX. Which graphs a network is made of is the network's.
 */
package dev.quadstream.network.onnx;
