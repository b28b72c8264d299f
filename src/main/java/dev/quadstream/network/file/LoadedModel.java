package dev.quadstream.network.file;

import dev.quadstream.network.QuadrupletNetwork;

/**
 * A model file, read.
 *
 * @param network with the file's parameters and a fresh updater; whoever asked for it closes it
 * @param info the file's facts
 */
public record LoadedModel(QuadrupletNetwork network, ModelInfo info) {}
