package dev.quadstream.stream.format;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.training.StoredParameters;
import java.util.List;

/**
 * A model on its way from the trainer to the registry.
 *
 * @param draft the manifest, but for what the registry knows: file, checksum, size
 * @param bytes the model file
 * @param merged the files that it was merged from, which nobody reads again unless the run is set
 *     back
 */
public record TrainedModel(ModelManifest draft, byte[] bytes, List<StoredParameters> merged) {

  public TrainedModel {
    merged = List.copyOf(merged);
  }
}
