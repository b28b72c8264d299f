package dev.quadstream.cli.ablation;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconArrivals;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconRenderer;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.PipelineSettings;
import dev.quadstream.stream.QuadstreamOptions;
import dev.quadstream.training.TrainingLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;

/**
 * Trains every variant on the same icon streams and measures each on the concepts that its stream
 * held out: Table 1 and Fig. 5 of Chen et al., CVPR 2017, on another task.
 *
 * <p>A seed decides the split of the concepts, the stream, the initial weights and every draw, so
 * all rows of a seed see the same images and are asked the same probes.
 */
final class Ablation {

  static final String RAW_PIXELS = "raw-pixels";
  static final String UNTRAINED = "untrained";

  private final AblationSize size;
  private final List<Variant> variants;
  private final Consumer<String> progress;
  private final IconCatalog catalog = IconCatalog.shared();
  private final IconRenderer renderer = new IconRenderer(catalog, IconRenderer.DEFAULT_SIDE);

  /**
   * @param size how much to run
   * @param variants the rows to train
   * @param progress told a line after each run
   */
  Ablation(AblationSize size, List<Variant> variants, Consumer<String> progress) {
    this.size = size;
    this.variants = List.copyOf(variants);
    this.progress = progress;
  }

  /** Runs all of it: some minutes a row and seed at the full size. */
  AblationReport run() {
    Map<String, List<Measurement>> runs = new LinkedHashMap<>();
    runs.put(RAW_PIXELS, new ArrayList<>());
    runs.put(UNTRAINED, new ArrayList<>());
    variants.forEach(variant -> runs.put(variant.name(), new ArrayList<>()));
    int done = 0;
    for (long seed = 1; seed <= size.seeds(); seed++) {
      ConceptSplit split = ConceptSplit.halves(catalog.concepts(), seed);
      HeldOutIcons heldOut = new HeldOutIcons(catalog, renderer, split.heldOut(), seed);
      runs.get(RAW_PIXELS).add(heldOut.ofRawPixels());
      runs.get(UNTRAINED).add(untrained(seed, heldOut));
      List<LabeledImage> images = images(split.streamed(), seed);
      for (Variant variant : variants) {
        long start = System.nanoTime();
        Measurement measurement = train(variant, seed, images, heldOut);
        runs.get(variant.name()).add(measurement);
        progress.accept(
            String.format(
                Locale.ROOT,
                "%d of %d: seed %d, %s: recall@1 %.3f after %,d images in %.0f s",
                ++done,
                size.seeds() * variants.size(),
                seed,
                variant.name(),
                measurement.recallAt1(),
                images.size(),
                (System.nanoTime() - start) / 1e9));
      }
    }
    return new AblationSummary(size, variants).of(runs);
  }

  private Measurement train(
      Variant variant, long seed, List<LabeledImage> images, HeldOutIcons heldOut) {
    PipelineSettings settings = settings(variant.options(), seed);
    try (TrainingLoop loop =
        new TrainingLoop(
            settings.network(),
            settings.mining(),
            settings.training(),
            settings.get(QuadstreamOptions.WINDOW_IMAGES),
            settings.get(QuadstreamOptions.PUBLISH_EVERY),
            settings.get(QuadstreamOptions.MINING_STALENESS))) {
      images.forEach(loop::accept);
      loop.finish();
      return heldOut.of(loop.trainer().network(), variant.hasLearnedMetric());
    }
  }

  private Measurement untrained(long seed, HeldOutIcons heldOut) {
    // The trunk's first weights do not depend on the metric; the Euclidean one has no others.
    Map<String, String> options = Map.of(QuadstreamOptions.NETWORK_METRIC.key(), "EUCLIDEAN");
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings(options, seed).network())) {
      return heldOut.of(network, false);
    }
  }

  private PipelineSettings settings(Map<String, String> options, long seed) {
    Map<String, String> values = new LinkedHashMap<>(options);
    values.put(QuadstreamOptions.SEED.key(), Long.toString(seed));
    values.put(
        QuadstreamOptions.TRAINING_WARM_UP_WINDOWS.key(), Integer.toString(size.warmUpWindows()));
    return PipelineSettings.of(Configuration.fromMap(values));
  }

  /** The images of one seed's stream, by the way that they take in the job. */
  private List<LabeledImage> images(List<String> concepts, long seed) {
    PipelineSettings settings = settings(Map.of(), seed);
    ImageDecoder decoder = new ImageDecoder(settings.shape(), settings.imageLimits());
    IconStream stream = new IconStream(catalog, renderer, concepts, IconArrivals.defaults(), seed);
    List<LabeledImage> images = new ArrayList<>(size.images());
    for (int index = 0; index < size.images(); index++) {
      EncodedImage image = stream.next();
      try {
        images.add(
            new LabeledImage(image.id(), image.label(), index, decoder.decode(image.bytes())));
      } catch (UndecodableImageException e) {
        throw new IllegalStateException("The stream drew what cannot be decoded.", e);
      }
    }
    return images;
  }
}
