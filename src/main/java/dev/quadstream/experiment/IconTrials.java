package dev.quadstream.experiment;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconArrivals;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Icons or emoji: half of the concepts drawn without end, of the others a part to measure with. */
public final class IconTrials implements TrialSource {

  private final IconCatalog catalog;
  private final HeldOutPart on;

  /** Measures with one part of what is held out. */
  public IconTrials(IconCatalog catalog, HeldOutPart on) {
    this.catalog = catalog;
    this.on = on;
  }

  @Override
  public HeldOutPart on() {
    return on;
  }

  @Override
  public String name() {
    return catalog.name();
  }

  @Override
  public String protocol() {
    return "Each icon of the stream is drawn with its own shift, rotation and scale. A concept's"
        + " drawings come from different design families, so near-duplicates are not there"
        + " to be found.";
  }

  @Override
  public Trial trial(int images, long seed, ImageReading reading) {
    ConceptSplit split = ConceptSplit.of(catalog.concepts(), seed);
    IconStream icons = new IconStream(catalog, split.streamed(), IconArrivals.defaults(), seed);
    List<LabeledImage> stream = new ArrayList<>(images);
    reading
        .readAll(Stream.generate(icons::next).limit(images).iterator())
        .forEachRemaining(stream::add);
    return new Trial(stream, drawings(split.heldOut(on), seed, reading));
  }

  /** Upright and centred, as no image of the stream was. */
  @Override
  public HeldOutImages ofStreamed(Set<String> classes, long seed, ImageReading reading) {
    return drawings(classes.stream().sorted().toList(), seed, reading);
  }

  private HeldOutImages drawings(List<String> concepts, long seed, ImageReading reading) {
    IconDataset icons = new IconDataset(catalog, concepts);
    List<LabeledImage> asRead = new ArrayList<>();
    reading.readAll(icons.images().iterator()).forEachRemaining(asRead::add);
    // Of some a backbone may make nothing.
    Set<String> ids = asRead.stream().map(LabeledImage::id).collect(Collectors.toSet());
    List<LabeledImage> drawings =
        icons.drawings().stream().filter(drawing -> ids.contains(drawing.id())).toList();
    return new HeldOutImages(asRead, drawings, seed);
  }
}
