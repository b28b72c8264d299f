package dev.quadstream.cluster;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.training.TrainingLoop;
import java.util.Map;
import java.util.TreeMap;

/** The versions of a run with several replicas, by number. */
final class ReplicaVersions {

  private ReplicaVersions() {}

  /** Parameters of every version that the job published. */
  static Map<Long, NetworkState> published(TestingRun run) throws Exception {
    ModelRegistry registry = new ModelRegistry(run.settings().registryDirectory());
    Map<Long, NetworkState> versions = new TreeMap<>();
    for (ModelManifest manifest : run.manifests()) {
      try (QuadrupletNetwork network = ModelFile.read(registry.load(manifest)).network()) {
        versions.put(manifest.identity().version(), network.parametersAlone());
      }
    }
    return versions;
  }

  /** Those of as many replicas in a plain loop over the same images. */
  static Map<Long, NetworkState> trainedHere(TestingRun run) throws Exception {
    Map<Long, NetworkState> versions = new TreeMap<>();
    ImageDecoder decoder = new ImageDecoder(run.settings().shape(), run.settings().imageLimits());
    IconStream icons = IconStream.ofSeed(run.seed());
    try (TrainingLoop loop = new TrainingLoop(run.settings().loop())) {
      for (int i = 0; i < run.sentImages(); i++) {
        EncodedImage image = icons.next();
        loop.accept(new LabeledImage(image.id(), image.label(), 0, decoder.decode(image.bytes())));
        loop.model()
            .ifPresent(model -> versions.put(model.version(), model.parameters().average()));
      }
      loop.finish();
      loop.model().ifPresent(model -> versions.put(model.version(), model.parameters().average()));
    }
    return versions;
  }
}
