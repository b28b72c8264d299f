package dev.quadstream.cli.demo;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconArrivals;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.LabeledImage;
import java.util.List;
import java.util.function.Supplier;

/**
 * Icons or emoji: half of the concepts are drawn without end, new ones arrive over the first half
 * of the run; the other half, validation and test, measures. Each half is drawn when it is asked
 * for, so that broker and job start beside it. Thread-safe but for {@link #next}.
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
   * @param icons the same at each call
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
    if (stream == null) {
      List<String> streamed = split().streamed();
      stream = new IconStream(icons.get(), streamed, arrivals(streamed.size()), seed);
    }
    return stream.next();
  }

  @Override
  public synchronized List<LabeledImage> heldOut() {
    if (heldOut == null) {
      List<String> concepts = split().heldOut(HeldOutPart.BOTH);
      heldOut = new IconDataset(icons.get(), concepts).drawings();
    }
    return heldOut;
  }

  @Override
  public String classes() {
    return "concepts";
  }

  private ConceptSplit split() {
    return ConceptSplit.of(icons.get().concepts(), seed);
  }

  private IconArrivals arrivals(int concepts) {
    int initial = Math.min(FIRST_CONCEPTS, concepts);
    int later = Math.max(1, concepts - initial);
    return new IconArrivals(initial, Math.max(1, images / 2 / later));
  }
}
