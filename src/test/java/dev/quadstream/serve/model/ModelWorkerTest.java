package dev.quadstream.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.quadstream.backbone.TestingBackbone;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.state.ClassArrivals;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.MapFrame;
import dev.quadstream.serve.state.MapSummary;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.NeighbourList.Neighbour;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.serve.web.TestingTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWorkerTest {

  private static final int VERSION = 16;

  @TempDir private java.nio.file.Path directory;

  @Test
  void theMapIsDrawnOnlyOnceTheGalleryIsOfTheWholeStream() {
    ModelRegistry registry = new ModelRegistry(new Path(directory.toUri()));
    ModelsState models = new RunState(TestingTopics.NETWORK).models();
    models.add(publish(registry));
    Gallery gallery = new Gallery(8, 8);
    offer(gallery, 0, 8);
    AtomicBoolean filled = new AtomicBoolean();
    try (ModelWorker worker =
        new ModelWorker(models, gathered(gallery, filled::get), () -> true, registry, List::of)) {
      worker.wakeUp();
      // Questions are answered after the work that is due.
      assertThatThrownBy(() -> worker.neighbours(VERSION, "own-0-0"))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("no longer on the map");

      offer(gallery, 1, 8);
      filled.set(true);
      worker.wakeUp();

      await().atMost(Duration.ofMinutes(1)).until(() -> models.frames().newest().isPresent());
      assertThat(models.frames().newest().orElseThrow().images()).hasSize(16);
    }
  }

  @Test
  void whatIsTakenOffTheMapIsConfusedWithNothing() {
    ModelRegistry registry = new ModelRegistry(new Path(directory.toUri()));
    ModelsState models = new RunState(TestingTopics.NETWORK).models();
    models.add(publish(registry));
    Gallery gallery = new Gallery(8, 8);
    // Each has one neighbour of another class.
    offer(gallery, 0, 8);
    gallery.offer(new LabeledImage("other", "other", 0, TestingTopics.labeled(0, 3).pixels()));
    try (ModelWorker worker =
        new ModelWorker(models, gathered(gallery, () -> true), () -> true, registry, List::of)) {
      worker.wakeUp();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> models.map().confusions().toString().contains("other"));

      models.frames().remove("other");
      worker.wakeUp();

      await().atMost(Duration.ofMinutes(1)).until(() -> models.map().confusions().isEmpty());
      assertThat(models.map().frames())
          .extracting(MapSummary.Frame::images)
          .as("pages take the frame up anew")
          .containsExactly(8);
    }
  }

  @Test
  void heldOutImagesAreMeasuredWithoutAGalleryAndThePageSaysWhyThereIsNone() {
    ModelRegistry registry = new ModelRegistry(new Path(directory.toUri()));
    ModelsState models = new RunState(TestingTopics.NETWORK).models();
    models.add(publish(registry));
    Gallery gallery = new Gallery(8, 8);
    List<LabeledImage> heldOut =
        IntStream.range(0, 8).mapToObj(i -> TestingTopics.labeled(i % 2, i)).toList();
    try (ModelWorker worker =
        new ModelWorker(
            models, gathered(gallery, () -> true), () -> true, registry, () -> heldOut)) {
      worker.wakeUp();
      await().atMost(Duration.ofMinutes(1)).until(() -> models.heldOut() != null);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> "The map lacks its images. It lies elsewhere.".equals(models.map().problem()));

      offer(gallery, 0, 8);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                worker.wakeUp();
                return models.map().problem() == null;
              });
      assertThat(models.map().frames()).hasSize(1);
    }
  }

  @Test
  void nothingIsDrawnUntilSomebodyLooksAndThenTheLiveModelBesideTheNewest() {
    ModelRegistry registry = new ModelRegistry(new Path(directory.toUri()));
    ModelsState models = new RunState(TestingTopics.NETWORK).models();
    models.add(publish(registry));
    ReleaseDecision live =
        new ReleaseDecision(VERSION, null, "gate", "waiting", false, List.of(), null);
    models.add(publish(registry, 2 * VERSION, live));
    Gallery gallery = new Gallery(8, 8);
    offer(gallery, 0, 8);
    offer(gallery, 1, 8);
    AtomicBoolean watched = new AtomicBoolean();
    try (ModelWorker worker =
        new ModelWorker(models, gathered(gallery, () -> true), watched::get, registry, List::of)) {
      worker.wakeUp();
      // Questions are answered after the work that is due.
      assertThatThrownBy(() -> worker.neighbours(VERSION, "own-0-0"))
          .isInstanceOf(RequestException.class);
      assertThat(models.frames().all()).isEmpty();

      watched.set(true);
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                worker.wakeUp();
                assertThat(models.map().frames())
                    .extracting(MapSummary.Frame::version)
                    .containsExactly((long) VERSION, 2L * VERSION);
              });
      assertThat(models.map().live()).isEqualTo(VERSION);
    }
  }

  @Test
  void behindABackboneMapAndOwnImageGoThroughItAndWhatItMakesNothingOfIsLeftOut() throws Exception {
    ModelRegistry registry = new ModelRegistry(new Path(directory.toUri()));
    ModelsState models = new RunState(TestingTopics.NETWORK).models();
    NetworkSpec spec = TestingBackbone.network();
    models.add(publish(registry, VERSION, null, spec));
    Gallery gallery = new Gallery(8, 8);
    offer(gallery, 0, 8);
    offer(gallery, 1, 7);
    gallery.offer(new LabeledImage("black", "class-2", 0, TestingBackbone.BLACK));
    try (ModelWorker worker =
        new ModelWorker(models, gathered(gallery, () -> true), () -> true, registry, List::of)) {
      worker.wakeUp();

      await().atMost(Duration.ofMinutes(1)).until(() -> models.frames().newest().isPresent());
      MapFrame frame = models.frames().newest().orElseThrow();
      assertThat(frame.images()).hasSize(15).extracting(LabeledImage::id).doesNotContain("black");
      try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
        assertThat(frame.embeddings()[0])
            .containsExactly(
                network.embed(List.of(frame.images().get(0).pixels()))[0], within(1e-5f));
      }
      LabeledImage shown = TestingTopics.labeled(1, 3);
      Neighbour nearest =
          worker.neighbours(VERSION, (PixelImage) shown.pixels()).now().neighbours().get(0);
      assertThat(nearest.id()).isEqualTo(shown.id());
      assertThat(nearest.distance()).isLessThan(1e-4);
      assertThatThrownBy(() -> worker.neighbours(VERSION, TestingBackbone.BLACK))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("backbone makes nothing of this image");
    }
  }

  private static ModelWorker.Gathered gathered(Gallery gallery, BooleanSupplier isFilled) {
    return new ModelWorker.Gathered(
        gallery,
        isFilled,
        () -> "It lies elsewhere.",
        new ClassArrivals(),
        new PublishedEmbeddings(8));
  }

  private static void offer(Gallery gallery, int classNumber, int images) {
    for (int seed = 0; seed < images; seed++) {
      gallery.offer(TestingTopics.labeled(classNumber, seed));
    }
  }

  private static ModelManifest publish(ModelRegistry registry) {
    return publish(registry, VERSION, null);
  }

  private static ModelManifest publish(
      ModelRegistry registry, long version, ReleaseDecision decision) {
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.SMALL,
            new ImageShape(1, 28, 28),
            null,
            16,
            MetricKind.LEARNED,
            UpdaterKind.ADAM,
            1e-3,
            1);
    return publish(registry, version, decision, spec);
  }

  private static ModelManifest publish(
      ModelRegistry registry, long version, ReleaseDecision decision, NetworkSpec spec) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      return registry.publish(
          ModelManifest.draft(
                  new ModelManifest.Identity(TestingTopics.NETWORK, "run", version),
                  version - 1,
                  1,
                  new ModelManifest.Network(
                      spec.configHash(),
                      spec.trunk().optionName(),
                      "learned",
                      16,
                      spec.input().toString(),
                      null),
                  new ModelManifest.Margins(0.5, 0.25),
                  Map.of())
              .with(decision),
          ModelFile.write(network, new ModelInfo(version, 0.5, 0.25, Map.of())));
    }
  }
}
