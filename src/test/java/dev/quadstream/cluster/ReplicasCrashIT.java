package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two replicas on two TaskManagers, of which one or the other is killed: every version has the bits
 * of two replicas in a plain loop, and each window is trained on once.
 */
@ExtendWith(TestingProcesses.Shared.class)
class ReplicasCrashIT {

  private static final long SEED = 16;
  private static final int REPLICAS = 2;
  private static final int KILLS = Integer.getInteger("chaos.kills", 3);
  private static final int WINDOWS = 60;
  private static final int MOST_PROGRESS = 12;

  @Test
  void killsOfEitherTaskManagerChangeNoBitOfAnyVersion(TestingProcesses processes)
      throws Exception {
    Random random = new Random(SEED);
    Map<String, String> options = Map.of("replicas", "" + REPLICAS);
    try (TestingRun run = new TestingRun(processes, "replicas", SEED, 1, options)) {
      while (processes.cluster().taskManagers() < REPLICAS) {
        processes.cluster().startTaskManager();
      }
      run.sendWindows(WINDOWS);
      run.start();
      for (int kill = 0; kill < KILLS; kill++) {
        int next = run.trainedWindows() + 1 + random.nextInt(MOST_PROGRESS);
        run.awaitTrained(Math.min(WINDOWS, next));
        processes.cluster().killTaskManager();
        processes.cluster().launchTaskManager();
      }
      // More of them, so that the job has come back when it is drained.
      run.sendWindows(WINDOWS / 2);
      int windows = run.sentWindows();
      run.awaitTrained(windows);
      run.drain();

      assertThat(run.reports(windows).stream().map(report -> report.identity().window()).sorted())
          .as("windows reported, seed %d", SEED)
          .isEqualTo(LongStream.range(0, windows).boxed().toList());
      assertThat(published(run)).as("seed %d", SEED).isEqualTo(trainedHere(run));
    }
  }

  private static Map<Long, NetworkState> published(TestingRun run) throws Exception {
    ModelRegistry registry = new ModelRegistry(run.settings().registryDirectory());
    Map<Long, NetworkState> versions = new TreeMap<>();
    for (ModelManifest manifest : run.manifests()) {
      try (QuadrupletNetwork network = ModelFile.read(registry.load(manifest)).network()) {
        versions.put(manifest.identity().version(), network.parametersAlone());
      }
    }
    return versions;
  }

  private static Map<Long, NetworkState> trainedHere(TestingRun run) throws Exception {
    Map<Long, NetworkState> versions = new TreeMap<>();
    ImageDecoder decoder = new ImageDecoder(run.settings().shape(), run.settings().imageLimits());
    IconStream icons = IconStream.ofSeed(SEED);
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
