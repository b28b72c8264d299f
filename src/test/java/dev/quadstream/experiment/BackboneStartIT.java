package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconArrivals;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.evaluation.HeldOutRecall;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.OnnxExport;
import dev.quadstream.training.TrainingLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network of this project, exported and frozen, is a start for other concepts: it is trained on a
 * half of the icons' concepts, and behind it an adapter on a quarter; measured is on the last
 * quarter, which neither has seen. {@code -Dbackbone.seeds=10} runs more seeds, {@code
 * -Dbackbone.trained=50000} trains the exported one on more, {@code -Dbackbone.images=10000} the
 * adapter.
 */
@Tag("long")
class BackboneStartIT {

  private static final int IMAGES_OF_BACKBONE = Integer.getInteger("backbone.trained", 20_000);
  private static final int IMAGES = Integer.getInteger("backbone.images", 2_000);
  private static final int SEEDS = Integer.getInteger("backbone.seeds", 1);

  /**
   * What one seed is sure to gain; the mean of ten, behind 50,000 images, is in docs/backbone.md.
   */
  private static final double BETTER = 0.05;

  private final IconCatalog catalog = IconCatalog.shared();

  @TempDir private Path directory;

  @Test
  void behindAFrozenNetworkOfOtherConceptsTwoThousandImagesAreWorthMoreThanFromScratch()
      throws Exception {
    double gain = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      ConceptSplit concepts = ConceptSplit.of(catalog.concepts(), seed);
      Path file = directory.resolve("embedder-" + seed + ".onnx");
      Files.write(file, exported(concepts.streamed(), seed));
      Map<String, String> behind = options(seed);
      behind.put("network.backbone", file.toString());
      Measured adapter = recall(behind, concepts);
      Measured scratch = recall(options(seed), concepts);
      System.err.printf(
          Locale.ROOT,
          "seed %d: raw %.3f, from scratch %.3f, the adapter untrained %.3f, the adapter %.3f%n",
          seed,
          scratch.raw(),
          scratch.after(),
          adapter.before(),
          adapter.after());
      gain += (adapter.after() - scratch.after()) / SEEDS;
    }
    System.err.printf(Locale.ROOT, "mean gain %.3f%n", gain);
    assertThat(gain).isGreaterThan(BETTER);
  }

  private static Map<String, String> options(int seed) {
    return new HashMap<>(Map.of("seed", Integer.toString(seed)));
  }

  private byte[] exported(List<String> concepts, int seed) {
    PipelineOptions options = TestingOptions.read(options(seed));
    try (TrainingLoop loop = new TrainingLoop(options.loop())) {
      stream(concepts, seed, IMAGES_OF_BACKBONE, options.reading()).forEach(loop::accept);
      return OnnxExport.embedder(loop.network(), Map.of());
    }
  }

  private record Measured(double raw, double before, double after) {}

  private Measured recall(Map<String, String> values, ConceptSplit concepts) {
    PipelineOptions options = TestingOptions.read(values);
    HeldOutRecall heldOut = new HeldOutRecall(new IconDataset(catalog, concepts.test()).drawings());
    try (TrainingLoop loop = new TrainingLoop(options.loop())) {
      double before = heldOut.of(loop.network());
      stream(concepts.validation(), Integer.parseInt(values.get("seed")), IMAGES, options.reading())
          .forEach(loop::accept);
      loop.finish();
      return new Measured(heldOut.ofRawPixels(), before, heldOut.of(loop.network()));
    }
  }

  private List<LabeledImage> stream(
      List<String> concepts, long seed, int count, ImageReading reading) {
    IconStream icons =
        new IconStream(
            catalog,
            concepts,
            new IconArrivals(20, Math.max(1, count / 2 / concepts.size())),
            seed);
    List<LabeledImage> images = new ArrayList<>(count);
    while (images.size() < count) {
      EncodedImage image = icons.next();
      images.add(reading.read(image).orElseThrow());
    }
    return images;
  }
}
