package dev.quadstream.network.pass;

import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;

/**
 * What all chunks of a chain's batches share.
 *
 * @param batch the memory that a batch goes through
 * @param forwardWeights the convolutions' weights as the forward passes read them
 * @param backwardWeights the same as the backward passes read them
 * @param activations the type of numbers between convolutions
 */
record OneDnnChain(
    engine engine,
    List<ChainLayer> layers,
    BatchRows batch,
    OneDnnWeights forwardWeights,
    OneDnnWeights backwardWeights,
    memory.data_type activations) {}
