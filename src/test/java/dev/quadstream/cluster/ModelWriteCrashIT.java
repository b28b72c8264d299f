package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.options.NetworkConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The TaskManager is killed while it writes a model file. */
@Tag("long")
@ExtendWith(TestingProcesses.Shared.class)
class ModelWriteCrashIT {

  private static final long SEED = 17;
  private static final int HITS = 2;
  private static final int MAX_KILLS = 20;
  private static final int PUBLISH_EVERY = 2;

  // Ten megabytes a model, which take long enough to be caught at it.
  private static final Map<String, String> LARGE_MODELS =
      Map.ofEntries(
          Map.entry("network.trunk", "medium"),
          Map.entry("image.height", "96"),
          Map.entry("image.width", "96"),
          Map.entry("network.embedding-size", "512"),
          Map.entry("window.images", "4"),
          Map.entry("mining.memory-images", "4"),
          Map.entry("publish.every", Integer.toString(PUBLISH_EVERY)),
          Map.entry("registry.keep", "100"),
          Map.entry("checkpoint.interval", "2 s"));

  @Test
  void noReaderSeesHalfAModelAndTheNextWriterRemovesWhatAKilledOneLeft(TestingProcesses processes)
      throws Exception {
    try (TestingRun run = new TestingRun(processes, "half", SEED, 1, LARGE_MODELS)) {
      run.sendWindows(PUBLISH_EVERY);
      run.start();
      run.awaitTrained(PUBLISH_EVERY);
      run.observeUntil("a model", () -> !manifests(run).isEmpty());
      // Restarted without a checkpoint, the job would begin a run with a directory of its own.
      run.observeUntil("a checkpoint", () -> CheckpointStatistics.of(run).counts().completed() > 0);
      Path directory =
          run.directory()
              .resolve("models")
              .resolve(manifests(run).get(0).file().path())
              .resolveSibling(".writing");

      AtomicBoolean ended = new AtomicBoolean();
      CompletableFuture<Integer> reader =
          CompletableFuture.supplyAsync(() -> modelsReadUntil(ended, run));
      int hits = 0;
      for (int kill = 0; hits < HITS; kill++) {
        assertThat(kill).as("kills for %d hits; %d so far", HITS, hits).isLessThan(MAX_KILLS);
        run.sendWindows(2 * PUBLISH_EVERY);
        killWhileWriting(processes, directory);
        if (!temporaries(directory).isEmpty()) {
          hits++;
        }
        // Before the restart, which may have published all that is left by the time it is counted.
        int models = manifests(run).size();
        processes.cluster().startTaskManager();
        run.observeUntil("another model", () -> manifests(run).size() > models);
        assertThat(temporaries(directory).size())
            .as("temporary files, at most of the next model")
            .isLessThan(2);
      }
      run.awaitTrained(run.sentWindows());
      String savepoint = run.drain();
      ended.set(true);

      assertThat(reader.get(TestingRun.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("models read")
          .isGreaterThanOrEqualTo(HITS);
      assertThat(temporaries(directory)).isEmpty();
      assertThat(RunOutcome.of(run, hits, savepoint))
          .as("seed %d", SEED)
          .isEqualTo(RunOutcome.flawless(hits, run.sentWindows()));
    }
  }

  /** Waits for the file system to tell of a temporary file: polling would come too late. */
  private static void killWhileWriting(TestingProcesses processes, Path directory)
      throws Exception {
    String writer = processes.cluster().busyTaskManager();
    try (WatchService watch = directory.getFileSystem().newWatchService()) {
      directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (true) {
        WatchKey key = watch.poll(TestingRun.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(key).as("a new file in %s", directory).isNotNull();
        if (key.pollEvents().stream().anyMatch(ModelWriteCrashIT::isModelBegun)) {
          processes.cluster().killTaskManager(writer);
          return;
        }
        key.reset();
      }
    }
  }

  private static boolean isModelBegun(WatchEvent<?> event) {
    String name = String.valueOf(event.context());
    return name.contains(".qsm.") && name.endsWith(".tmp");
  }

  /** Takes up every model that the registry or the topic shows, until the run has ended. */
  private static int modelsReadUntil(AtomicBoolean ended, TestingRun run) {
    ModelRegistry registry = new ModelRegistry(run.settings().registryDirectory());
    Set<String> read = new HashSet<>();
    try (TopicReader topic = run.modelReader()) {
      boolean last;
      do {
        last = ended.get();
        for (ModelManifest manifest : manifests(run)) {
          load(registry, manifest, read);
        }
        topic
            .next(Duration.ZERO)
            .map(message -> JsonMessages.read(message.value(), ModelManifest.class))
            .ifPresent(manifest -> load(registry, manifest, new HashSet<>()));
      } while (!last);
    }
    return read.size();
  }

  private static void load(ModelRegistry registry, ModelManifest manifest, Set<String> read) {
    if (!read.add(manifest.file().path())) {
      return;
    }
    try {
      TestingNetworks.read(registry.load(manifest)).network().close();
    } catch (ModelFormatException e) {
      throw new AssertionError("Half a model: " + manifest.file().path(), e);
    }
  }

  private static List<ModelManifest> manifests(TestingRun run) {
    return new ModelRegistry(run.settings().registryDirectory())
        .list(run.settings().get(NetworkConfig.NAME));
  }

  private static List<Path> temporaries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".tmp")).toList();
    }
  }
}
