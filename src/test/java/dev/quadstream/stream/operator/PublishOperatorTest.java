package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.registry.ContributionFiles;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.TestingFileSystem;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.StoredParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With P = 2 and L = 1: version v is published while windows are mined with v - 2. */
class PublishOperatorTest {

  @TempDir private Path directory;

  private Path models;
  private PipelineSettings settings;

  @BeforeEach
  void settings() {
    models = directory.resolve("models");
    settings = settings("registry.keep", "4");
  }

  private PipelineSettings settings(String... changes) {
    return TestingPipeline.settings(
        Stream.concat(
                Stream.of(
                    "registry.directory",
                    TestingFileSystem.counted(models).toString(),
                    "checkpoint.directory",
                    directory.resolve("checkpoints").toString(),
                    "checkpoint.interval",
                    "0 s"),
                Stream.of(changes))
            .toArray(String[]::new));
  }

  private TestingPublisher start(OperatorSubtaskState restored) throws Exception {
    return new TestingPublisher(settings, directory.resolve("checkpoints"), restored);
  }

  @Test
  void theNewestModelsStayAndWhatTheUserPutBesideThem() throws Exception {
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 2);
      Path run = models.resolve(publisher.published().get(0).file().path()).getParent();
      Path best = Files.writeString(models.resolve("best.qsm"), "mine");
      Path beside = Files.writeString(run.resolve("v0000000002-mine.qsm"), "mine");

      publisher.publish(4, 40);

      assertThat(versions()).containsExactly(34L, 36L, 38L, 40L);
      assertThat(modelFiles(run)).hasSize(5);
      assertThat(List.of(best, beside)).allSatisfy(file -> assertThat(file).exists());
      assertThat(publisher.published()).hasSize(20);
    }
  }

  /** As a disk leaves it that has lost a block: it would fail the job at each restart. */
  @Test
  void aDamagedManifestOfAVersionThatComesAgainIsWrittenAnew() throws Exception {
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 2);
      ModelManifest published = publisher.published().get(0);
      Path json = models.resolve(published.file().path()).resolveSibling("v0000000002.json");
      Files.writeString(json, "{\"name\":");

      publisher.publish(2, 2);

      assertThat(publisher.published()).hasSize(2);
      assertThat(versions()).containsExactly(2L);
    }
  }

  @Test
  void theModelsOfACheckpointStayAsLongAsIt() throws Exception {
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      publisher.checkpoint(1);
      Path metadata = publisher.write(1);
      publisher.notifyCompleted(1);
      publisher.publish(22, 40);
      publisher.checkpoint(2);
      publisher.write(2);
      publisher.notifyCompleted(2);
      publisher.publish(42, 60);
      assertThat(versions()).contains(18L, 20L, 38L, 40L, 58L, 60L).doesNotContain(22L, 42L);

      Files.delete(metadata);
      publisher.publish(62, 62);
      publisher.checkpoint(3);
      publisher.write(3);
      publisher.notifyCompleted(3);
      publisher.publish(64, 64);

      assertThat(versions()).contains(38L, 40L, 62L, 64L).doesNotContain(18L, 20L);
    }
  }

  @Test
  void theModelsOfACheckpointThatFailsGo() throws Exception {
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      publisher.checkpoint(1);
      publisher.notifyAborted(1);
      publisher.publish(22, 40);

      assertThat(versions()).containsExactly(34L, 36L, 38L, 40L);
    }
  }

  @Test
  void whatReplicasBroughtGoesOnceItIsMergedAndNoCheckpointHasItInAnOpenRound() throws Exception {
    OperatorSubtaskState snapshot;
    StoredParameters afterFirst = contributed(7, 1);
    try (TestingPublisher publisher = start(null)) {
      StoredParameters beforeAny = contributed(1, 0);
      publisher.publishMerged(2, beforeAny);
      assertThat(models.resolve(beforeAny.file())).doesNotExist();

      StoredParameters inMidRound = contributed(5, 0);
      publisher.publishMerged(4);
      snapshot = publisher.checkpoint(1);
      Path metadata = publisher.write(1);
      publisher.notifyCompleted(1);
      publisher.publishMerged(6, inMidRound);
      publisher.publishMerged(8, afterFirst);
      assertThat(models.resolve(inMidRound.file())).exists();
      assertThat(models.resolve(afterFirst.file())).doesNotExist();

      completeCheckpoint(publisher, 2);
      assertThat(models.resolve(inMidRound.file())).as("checkpoint 1 is still there").exists();
      Files.delete(metadata);
      completeCheckpoint(publisher, 3);
      assertThat(models.resolve(inMidRound.file())).doesNotExist();
    }
    // The run is set back: what the replica writes again is merged again.
    contributed(7, 1);
    try (TestingPublisher publisher = start(snapshot)) {
      assertThat(models.resolve(afterFirst.file())).exists();
      publisher.publishMerged(8, afterFirst);
      assertThat(models.resolve(afterFirst.file())).doesNotExist();
    }
  }

  private StoredParameters contributed(long window, long checkpoint) {
    ContributionFiles.Stored stored =
        new ContributionFiles(settings.registryDirectory())
            .write("quadstream", TestingPipeline.RUN, 0, window, output -> output.write(7));
    return new StoredParameters(
        stored.path(), stored.bytes(), stored.sha256(), true, false, checkpoint);
  }

  /** Nobody says when a savepoint is complete, nor that it is. */
  @Test
  void theModelsOfASavepointStayWhileItIsWrittenAndAsLongAsIt() throws Exception {
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      publisher.savepoint(1);
      publisher.publish(22, 40);
      publisher.checkpoint(2);
      publisher.write(2);
      publisher.notifyCompleted(2);
      publisher.publish(42, 60);
      assertThat(versions()).contains(18L, 20L, 38L, 40L);

      Path metadata = publisher.write(1);
      completeCheckpoint(publisher, 3);
      publisher.publish(62, 62);
      assertThat(versions()).contains(18L, 20L);

      Files.delete(metadata);
      completeCheckpoint(publisher, 4);
      publisher.publish(64, 64);
      assertThat(versions()).doesNotContain(18L, 20L);
    }
  }

  @Test
  void aRunThatIsSetBackFindsWhatItNeedsAndDeletesOnAsBefore() throws Exception {
    OperatorSubtaskState checkpoint;
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      checkpoint = publisher.checkpoint(1);
      publisher.write(1);
      publisher.notifyCompleted(1);
      publisher.publish(22, 60);
    }
    assertThat(versions()).containsExactly(16L, 18L, 20L, 54L, 56L, 58L, 60L);

    try (TestingPublisher publisher = start(checkpoint)) {
      publisher.publish(22, 22);
      assertThat(versions()).contains(18L, 20L, 22L);
      completeCheckpoint(publisher, 2);
      publisher.publish(24, 80);

      assertThat(versions()).containsExactly(16L, 18L, 20L, 22L, 74L, 76L, 78L, 80L);
    }
  }

  /** As of several partitions after a crash: the bits may be others. */
  @Test
  void otherBytesOfAVersionAreDeletedWithIt() throws Exception {
    OperatorSubtaskState checkpoint;
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      checkpoint = publisher.checkpoint(1);
      publisher.publish(22, 24);
    }
    try (TestingPublisher publisher = start(checkpoint)) {
      publisher.publishBytes(22, 220);
      publisher.publishBytes(24, 240);
      Path run = models.resolve(publisher.published().get(0).file().path()).getParent();
      assertThat(modelFiles(run)).filteredOn(name -> name.contains("22-")).hasSize(2);

      publisher.publish(26, 60);
      // Of the checkpoint, which was not completed and may be yet, 16, 18 and 20.
      assertThat(modelFiles(run)).hasSize(3 + 4);
    }
  }

  @Test
  void aModelThatCannotBeDeletedIsTriedAgainAndHoldsNothingUp() throws Exception {
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 4);
      Path file = models.resolve(publisher.published().get(0).file().path());
      // A directory that is not empty is not deleted by a file's name.
      Files.delete(file);
      Files.createDirectories(file.resolve("in-the-way"));

      publisher.publish(6, 40);
      assertThat(versions()).containsExactly(34L, 36L, 38L, 40L);
      assertThat(file).exists();

      Files.delete(file.resolve("in-the-way"));
      publisher.publish(42, 42);
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void theCheckpointsOfAReplacedJobGoWhenThisOneHasItsOwnAndWithThemTheirModels() throws Exception {
    settings = settings("registry.keep", "4", "checkpoint.delete-replaced", "true");
    OperatorSubtaskState checkpoint;
    Path left;
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      checkpoint = publisher.checkpoint(1);
      left = publisher.write(1).getParent();
    }
    Path savepoint = directory.resolve("checkpoints/savepoints/savepoint-7");
    Files.createDirectories(savepoint);
    try (TestingPublisher publisher = restart(checkpoint, new JobID(8, 8))) {
      for (long id = 2; id <= 3; id++) {
        publisher.publish(18 + 2 * id, 18 + 2 * id);
        completeCheckpoint(publisher, id);
        assertThat(left).exists();
      }
      completeCheckpoint(publisher, 4);
      assertThat(left).doesNotExist();
      assertThat(savepoint).exists();

      completeCheckpoint(publisher, 5);
      publisher.publish(26, 60);
      assertThat(versions()).doesNotContain(16L).contains(22L, 24L);
    }
  }

  @Test
  void theCheckpointsOfAJobThatHasGoneOnSinceStay() throws Exception {
    settings = settings("registry.keep", "4", "checkpoint.delete-replaced", "true");
    OperatorSubtaskState checkpoint;
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      checkpoint = publisher.checkpoint(1);
      Path restored = publisher.write(1);
      Path newer = publisher.write(2);
      try (TestingPublisher copy = restart(checkpoint, new JobID(8, 8))) {
        for (long id = 2; id <= 6; id++) {
          completeCheckpoint(copy, id);
        }
      }
      assertThat(restored).exists();
      assertThat(newer).exists();
    }
  }

  private TestingPublisher restart(OperatorSubtaskState restored, JobID job) throws Exception {
    return new TestingPublisher(settings, directory.resolve("checkpoints"), restored, job);
  }

  @Test
  void aThousandFilesMoreMakeNoStepLonger() throws Exception {
    TestingFileSystem.Count few = costOfARestartAndTenModels("few");
    for (int i = 0; i < 1_000; i++) {
      Files.createFile(
          Files.createDirectories(models.resolve("many/" + TestingPipeline.RUN))
              .resolve("v%010d-%012x.qsm".formatted(1_000 + i, i)));
    }

    assertThat(costOfARestartAndTenModels("many")).isEqualTo(few);
  }

  private TestingFileSystem.Count costOfARestartAndTenModels(String network) throws Exception {
    settings = settings("registry.keep", "4", NetworkConfig.NAME.key(), network);
    TestingFileSystem.Count before = TestingFileSystem.count();
    OperatorSubtaskState checkpoint;
    try (TestingPublisher publisher = start(null)) {
      publisher.publish(2, 20);
      checkpoint = publisher.checkpoint(1);
      publisher.write(1);
    }
    try (TestingPublisher publisher = start(checkpoint)) {
      publisher.publish(22, 40);
      publisher.notifyCompleted(1);
    }
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    assertThat(registry.find(network, TestingPipeline.RUN, 40)).isPresent();
    assertThat(registry.find(network, TestingPipeline.RUN, 42)).isEmpty();
    return TestingFileSystem.count().minus(before);
  }

  private static void completeCheckpoint(TestingPublisher publisher, long id) throws Exception {
    publisher.checkpoint(id);
    publisher.write(id);
    publisher.notifyCompleted(id);
  }

  private List<Long> versions() {
    return new ModelRegistry(settings.registryDirectory())
        .list(settings.get(NetworkConfig.NAME)).stream()
            .map(ModelManifest::identity)
            .map(ModelManifest.Identity::version)
            .sorted()
            .toList();
  }

  private static List<String> modelFiles(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(n -> n.endsWith(".qsm"))
          .toList();
    }
  }
}
