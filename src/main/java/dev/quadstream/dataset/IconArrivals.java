package dev.quadstream.dataset;

/**
 * The pace at which concepts join an icon stream.
 *
 * @param initialConcepts how many may appear from the start; at least 3, for a quadruplet needs
 *     three classes
 * @param imagesPerConcept after how many images one more may appear; at least 1
 */
public record IconArrivals(int initialConcepts, int imagesPerConcept) {

  public IconArrivals {
    if (initialConcepts < 3) {
      throw new IllegalArgumentException(
          "An icon stream starts with at least 3 concepts, not %d.".formatted(initialConcepts));
    }
    if (imagesPerConcept < 1) {
      throw new IllegalArgumentException(
          "A new concept joins after at least 1 image, not %d.".formatted(imagesPerConcept));
    }
  }

  /** 40 concepts, then one more for every 100 images. */
  public static IconArrivals defaults() {
    return new IconArrivals(40, 100);
  }

  /** How many of {@code all} concepts may appear at the image of that index, counted from 0. */
  int arrived(long index, int all) {
    return (int) Math.min(all, initialConcepts + index / imagesPerConcept);
  }
}
