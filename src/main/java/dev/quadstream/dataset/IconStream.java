package dev.quadstream.dataset;

import dev.quadstream.image.PixelImages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An endless stream of drawn icons, as a live source would send them.
 *
 * <p>Concepts arrive over time and recent ones are more frequent. Images come in short bursts of
 * two to four drawings of one concept by different designs, a few bursts interleaved, so that a
 * window holds positives. Every drawing has its own shift (± 1/16 of the side), rotation (± 0.15
 * rad) and scale (± 15 %): the stream does not repeat itself. Its randomness is a function of the
 * seed and the image's index; the same arguments give the same stream. Not thread-safe.
 */
public final class IconStream implements Iterator<EncodedImage> {

  private static final int INTERLEAVED_BURSTS = 4;
  private static final int SHORTEST_BURST = 2;
  private static final int LONGEST_BURST = 4;
  private static final int RECENT_CONCEPTS = 20;
  private static final double RECENT_SHARE = 0.3;
  private static final double MAX_SHIFT = 1 / 16.0;
  private static final double MAX_ROTATION = 0.15;
  private static final double MAX_SCALE = 0.15;

  private final IconCatalog catalog;
  private final List<String> concepts;
  private final IconArrivals arrivals;
  private final long base;
  private final List<Burst> bursts = new ArrayList<>();
  private int introduced;
  private long index;

  /**
   * A stream from its beginning.
   *
   * @param concepts the concepts to stream, in the order of their arrival; at least 3
   * @param seed decides everything that is drawn
   */
  public IconStream(IconCatalog catalog, List<String> concepts, IconArrivals arrivals, long seed) {
    if (concepts.size() < 3) {
      throw new IllegalArgumentException(
          "An icon stream needs at least 3 concepts, not %d.".formatted(concepts.size()));
    }
    this.catalog = catalog;
    this.concepts = List.copyOf(concepts);
    this.arrivals = arrivals;
    this.base = new SplittableRandom(seed).nextLong();
  }

  /** The icons of the class path, half of their concepts, at the default pace and size. */
  public static IconStream ofSeed(long seed) {
    IconCatalog catalog = IconCatalog.shared();
    return new IconStream(
        catalog,
        ConceptSplit.of(catalog.concepts(), seed).streamed(),
        IconArrivals.defaults(),
        seed);
  }

  /** Always: the stream has no end. */
  @Override
  public boolean hasNext() {
    return true;
  }

  /**
   * The next drawing, as PNG; its id is the catalog's name and its index, as in {@code icons/7}.
   */
  @Override
  public EncodedImage next() {
    SplittableRandom random = new SplittableRandom(base + index);
    while (bursts.size() < INTERLEAVED_BURSTS) {
      bursts.add(startBurst(random));
    }
    int chosen = random.nextInt(bursts.size());
    Burst burst = bursts.get(chosen);
    Icon icon = burst.next();
    if (burst.isOver()) {
      bursts.remove(chosen);
    }
    byte[] png = PixelImages.toPng(catalog.render(icon, pose(random), IconRenderer.DEFAULT_SIDE));
    String id = catalog.name() + "/" + index;
    index++;
    return new EncodedImage(id, icon.concept(), "image/png", png);
  }

  private Burst startBurst(SplittableRandom random) {
    List<Icon> icons = catalog.icons(concepts.get(chooseConcept(random)));
    int length = SHORTEST_BURST + random.nextInt(LONGEST_BURST - SHORTEST_BURST + 1);
    return new Burst(icons, random.nextInt(icons.size()), length);
  }

  private int chooseConcept(SplittableRandom random) {
    if (introduced < arrivals.arrived(index, concepts.size())) {
      return introduced++;
    }
    if (random.nextDouble() < RECENT_SHARE) {
      return introduced - 1 - random.nextInt(Math.min(RECENT_CONCEPTS, introduced));
    }
    return random.nextInt(introduced);
  }

  private IconPose pose(SplittableRandom random) {
    double maxShift = MAX_SHIFT * IconRenderer.DEFAULT_SIDE;
    return new IconPose(
        symmetric(random) * maxShift,
        symmetric(random) * maxShift,
        symmetric(random) * MAX_ROTATION,
        1 + symmetric(random) * MAX_SCALE);
  }

  private static double symmetric(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  /** Some drawings of one concept, each by another design. */
  private static final class Burst {

    private final List<Icon> icons;
    private int position;
    private int remaining;

    Burst(List<Icon> icons, int start, int length) {
      this.icons = icons;
      this.position = start;
      this.remaining = length;
    }

    Icon next() {
      Icon icon = icons.get(position);
      position = (position + 1) % icons.size();
      remaining--;
      return icon;
    }

    boolean isOver() {
      return remaining == 0;
    }
  }
}
