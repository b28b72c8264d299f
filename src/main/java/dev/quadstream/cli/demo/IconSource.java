package dev.quadstream.cli.demo;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconArrivals;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconRenderer;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.LabeledImage;
import java.util.List;
import java.util.function.Supplier;

/**
 * Icons or emoji: half of the concepts are drawn without end, new ones arrive over the first half
 * of the run; the other half, validation and test, measures. They are read with the first image, so
 * that broker and job start beside it.
 */
public final class IconSource implements DemoSource {

  private static final int FIRST_CONCEPTS = 40;

  private final Supplier<IconCatalog> icons;
  private final int images;
  private final long seed;
  private IconStream stream;
  private List<LabeledImage> heldOut;

  /**
   * Icons of which none is drawn yet.
   *
   * @param icons asked for with the first image
   * @param images that the run has at the most
   * @param seed of the split and the stream
   */
  public IconSource(Supplier<IconCatalog> icons, int images, long seed) {
    this.icons = icons;
    this.images = images;
    this.seed = seed;
  }

  @Override
  public EncodedImage next() {
    draw();
    return stream.next();
  }

  @Override
  public List<LabeledImage> heldOut() {
    draw();
    return heldOut;
  }

  @Override
  public String classes() {
    return "concepts";
  }

  private synchronized void draw() {
    if (stream != null) {
      return;
    }
    IconCatalog catalog = icons.get();
    IconRenderer renderer = new IconRenderer(catalog, IconRenderer.DEFAULT_SIDE);
    ConceptSplit split = ConceptSplit.of(catalog.concepts(), seed);
    heldOut = new IconDataset(catalog, renderer, split.heldOut(HeldOutPart.BOTH)).drawings();
    stream =
        new IconStream(
            catalog, renderer, split.streamed(), arrivals(split.streamed().size()), seed);
  }

  private IconArrivals arrivals(int concepts) {
    int initial = Math.min(FIRST_CONCEPTS, concepts);
    int later = Math.max(1, concepts - initial);
    return new IconArrivals(initial, Math.max(1, images / 2 / later));
  }
}
