package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.TestingBatches;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.TrainingBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The embeddings that the assembler sends out. With P = 2 and L = 1: windows 0 to 2 want version 0,
 * 3 and 4 want 2, 5 and 6 want 4, 7 and 8 want 6.
 */
class ReleasedEmbeddingsTest {

  private static final int WINDOWS = 9;

  @TempDir Path directory;

  private PipelineSettings settings;

  @BeforeEach
  void useRegistryOfItsOwn() {
    settings = TestingPipeline.settings("registry.directory", directory.toString());
  }

  @Test
  void imagesAreEmbeddedByTheModelThatIsLiveAsOfTheOneThatMines() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(assembler, 0, 2, 2, 6);

      Map<Long, List<Long>> releases = new HashMap<>();
      assembler.embeddings().stream()
          .map(update -> List.of(update.window(), update.modelVersion()))
          .distinct()
          .forEach(
              pair ->
                  releases.computeIfAbsent(pair.get(0), any -> new ArrayList<>()).add(pair.get(1)));
      assertThat(releases)
          .isEqualTo(
              Map.of(
                  0L,
                  List.of(0L),
                  1L,
                  List.of(0L),
                  2L,
                  List.of(0L),
                  3L,
                  List.of(2L),
                  4L,
                  List.of(2L),
                  5L,
                  List.of(2L),
                  6L,
                  List.of(2L),
                  7L,
                  List.of(6L),
                  8L,
                  List.of(6L)));
      assertThat(assembler.batches())
          .extracting(batch -> batch.tests().paired())
          .as("of two models only where the one that mines is not live itself")
          .extracting(PairedTest::candidate, PairedTest::live)
          .containsExactly(
              tuple(0L, 0L),
              tuple(0L, 0L),
              tuple(0L, 0L),
              tuple(2L, 2L),
              tuple(2L, 2L),
              tuple(4L, 2L),
              tuple(4L, 2L),
              tuple(6L, 6L),
              tuple(6L, 6L));
    }
  }

  @Test
  void withANewReleaseTheMemorysImagesAreSentAnewAndWithNoOther() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(assembler, 0, 2, 2, 6);

      int images = TestingPipeline.window(settings, 0).events().size();
      int before = Math.min(3 * images, 24);
      assertThat(ofWindow(assembler, 2)).hasSize(images);
      assertThat(ofWindow(assembler, 3)).hasSize(images + before);
      assertThat(ofWindow(assembler, 4)).hasSize(images);
      assertThat(ofWindow(assembler, 5)).hasSize(images);
      assertThat(ofWindow(assembler, 7)).hasSize(images + 24);
      assertThat(ofWindow(assembler, 7)).extracting(EmbeddingUpdate::id).doesNotHaveDuplicates();
    }
  }

  /** Whoever reads a vector can fetch the file that made it and make it again. */
  @Test
  void theModelThatAnEmbeddingNamesMakesItAgain() throws Exception {
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(assembler, 0, 2, 2, 6);
      Map<String, PixelImage> pixels = new HashMap<>();
      assembler
          .output()
          .forEach(
              batch ->
                  batch.mined().images().forEach(image -> pixels.put(image.id(), image.pixels())));
      ModelManifest second = registry.find("quadstream", TestingPipeline.RUN, 2).orElseThrow();
      try (QuadrupletNetwork network = TestingNetworks.read(registry.load(second)).network()) {
        List<EmbeddingUpdate> updates =
            assembler.embeddings().stream().filter(update -> update.modelVersion() == 2).toList();
        assertThat(updates).isNotEmpty();
        float[][] again =
            network.embed(updates.stream().map(update -> pixels.get(update.id())).toList());
        for (int row = 0; row < again.length; row++) {
          assertThat(updates.get(row).vector()).containsExactly(again[row], within(1e-5f));
        }
      }
    }
  }

  @Test
  void whatIsTrainedOnIsTheSameWhateverIsReleased() throws Exception {
    List<TrainingBatch> served;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(assembler, 0, 2, 4, 6);
      served = assembler.batches().stream().map(ReleasedEmbeddingsTest::untested).toList();
    }
    try (TestingAssembler assembler =
        new TestingAssembler(
            TestingPipeline.settings(
                "registry.directory", directory.resolve("other").toString()))) {
      run(assembler, 0, 0, 0, 2);
      assertThat(assembler.batches().stream().map(ReleasedEmbeddingsTest::untested))
          .isEqualTo(served);
    }
  }

  @Test
  void aRestoredAssemblerSendsTheSameBits() throws Exception {
    List<EmbeddingUpdate> expected;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(assembler, 0, 2, 2, 6);
      expected = assembler.embeddings();
    }
    for (int cut : new int[] {2, 4, 6}) {
      List<EmbeddingUpdate> updates = new ArrayList<>();
      OperatorSubtaskState snapshot;
      try (TestingAssembler assembler = new TestingAssembler(settings)) {
        announce(assembler, 2, 2, 6);
        for (int window = 0; window < cut; window++) {
          assembler.window(window);
        }
        updates.addAll(assembler.embeddings());
        snapshot = assembler.snapshot();
      }
      try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
        for (int window = cut; window < WINDOWS; window++) {
          assembler.window(window);
        }
        updates.addAll(assembler.embeddings());
      }
      assertThat(updates)
          .as("cut after %d windows", cut)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(expected);
    }
  }

  @Test
  void aForgedAnnouncementCannotMoveTheRelease() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      assembler.window(0);
      ModelManifest truth = manifest(2, 2);
      assembler.manifest(truth.with(decision(0)));
      for (int window = 1; window < 5; window++) {
        assembler.window(window);
      }
      assertThat(ofWindow(assembler, 3)).allMatch(update -> update.modelVersion() == 2);
    }
  }

  /** Nothing bears the name of a release that was made by another model. */
  @Test
  void whereTheLiveModelIsGoneImagesAreEmbeddedByTheOneThatMinesUnderItsName() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      announce(assembler, 2, 2, 6);
      for (int window = 0; window < 3; window++) {
        assembler.window(window);
      }
      OperatorSubtaskState snapshot = assembler.snapshot();
      ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
      registry.delete(
          registry.find("quadstream", TestingPipeline.RUN, 2).orElseThrow().file().path());
      try (TestingAssembler restored = new TestingAssembler(settings, snapshot)) {
        // Mined with version 4, as of which version 2 is live.
        restored.window(5);

        assertThat(restored.output()).hasSize(1);
        assertThat(ofWindow(restored, 5)).isNotEmpty();
        assertThat(ofWindow(restored, 5)).allMatch(update -> update.modelVersion() == 4);
      }
    }
  }

  /** It would go out under other numbers for good, or as dead letters. */
  @Test
  void aLiveModelThatIsOutOfReachFailsTheJobHoweverOften() throws Exception {
    try (TestingAssembler assembler = TestingAssembler.givingUp(settings)) {
      announce(assembler, 2, 2, 6);
      for (int window = 0; window < 3; window++) {
        assembler.window(window);
      }
      String model =
          new ModelRegistry(settings.registryDirectory())
              .find("quadstream", TestingPipeline.RUN, 2)
              .orElseThrow()
              .file()
              .path();
      Path file = Path.of(settings.registryDirectory().getPath(), model);
      Files.delete(file);
      // There, and not to be read.
      Files.createDirectory(file);

      assertThatThrownBy(() -> assembler.window(5))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void anImageThatIsTakenBackIsARemoval() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      List<ImageEvent> events = new ArrayList<>(TestingPipeline.window(settings, 0).events());
      events.add(ImageEvent.removed("gone"));
      assembler.window(TestingPipeline.window(settings, 0, events));

      List<EmbeddingUpdate> updates = assembler.embeddings();
      assertThat(updates).hasSize(events.size());
      assertThat(updates.get(updates.size() - 1).id()).isEqualTo("gone");
      assertThat(updates.get(updates.size() - 1).isRemoval()).isTrue();
    }
  }

  private void run(TestingAssembler assembler, long... live) throws Exception {
    announce(assembler, Arrays.copyOfRange(live, 1, live.length));
    for (int window = 0; window < WINDOWS; window++) {
      assembler.window(window);
    }
  }

  /** Versions 2, 4 and 6, and what is live as of each. */
  private static void announce(TestingAssembler assembler, long... live) throws Exception {
    for (int i = 0; i < live.length; i++) {
      assembler.model(2L * (i + 1), live[i]);
    }
  }

  private ModelManifest manifest(long version, long live) {
    return TestingAssembler.publish(settings, TestingPipeline.RUN, version, decision(live));
  }

  private static ReleaseDecision decision(long live) {
    return new ReleaseDecision(live, null, "gate", "waiting", false, List.of(), null);
  }

  private static List<EmbeddingUpdate> ofWindow(TestingAssembler assembler, long window) {
    return assembler.embeddings().stream().filter(update -> update.window() == window).toList();
  }

  private static TrainingBatch untested(TrainingBatch batch) {
    return TestingBatches.with(batch, Map.of(), List.of(), null);
  }
}
