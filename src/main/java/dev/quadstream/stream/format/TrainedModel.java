package dev.quadstream.stream.format;

import dev.quadstream.registry.ModelManifest;

/**
 * A model on its way from the trainer to the registry.
 *
 * @param draft the manifest, but for what the registry knows: file, checksum, size
 * @param bytes the model file
 */
public record TrainedModel(ModelManifest draft, byte[] bytes) {}
