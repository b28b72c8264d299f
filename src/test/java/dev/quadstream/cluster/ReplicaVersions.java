package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.training.TrainingLoop;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** The versions of a run with several replicas, by number. */
final class ReplicaVersions {

  private ReplicaVersions() {}

  /** Each window is reported once, and every version is that of the plain loop. */
  static void assertUndisturbed(TestingRun run) throws Exception {
    int windows = run.sentWindows();
    assertThat(run.reports(windows).stream().map(report -> report.identity().window()).sorted())
        .as("windows reported, seed %d", run.seed())
        .isEqualTo(LongStream.range(0, windows).boxed().toList());
    assertThat(published(run)).as("seed %d", run.seed()).isEqualTo(trainedHere(run));
  }

  /** Parameters of every version that the job published. */
  private static Map<Long, NetworkState> published(TestingRun run) throws Exception {
    ModelRegistry registry = new ModelRegistry(run.settings().registryDirectory());
    Map<Long, NetworkState> versions = new TreeMap<>();
    for (ModelManifest manifest : run.manifests()) {
      try (QuadrupletNetwork network = TestingNetworks.read(registry.load(manifest)).network()) {
        versions.put(manifest.identity().version(), network.parametersAlone());
      }
    }
    return versions;
  }

  /** Those of as many replicas in a plain loop over the same images. */
  private static Map<Long, NetworkState> trainedHere(TestingRun run) throws Exception {
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
