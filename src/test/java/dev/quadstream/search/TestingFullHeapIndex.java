package dev.quadstream.search;

import dev.quadstream.image.TestingFullHeap;
import java.util.List;
import java.util.SplittableRandom;

/** Puts images into an index whose next block finds no room, and on once it does. */
final class TestingFullHeapIndex {

  private static final int DIMENSIONS = 4_096;
  private static final int IMAGES = 3 * VectorBlock.SIZE;

  /** A quarter of a block. */
  private static final int LEFT = 512 << 10;

  private TestingFullHeapIndex() {}

  public static void main(String[] arguments) {
    float[][] vectors = TestingVectors.draw(IMAGES, DIMENSIONS, new SplittableRandom(7));
    VectorIndex index = new VectorIndex(DIMENSIONS);
    for (int image = 0; image < VectorBlock.SIZE; image++) {
      index.put("image-" + image, "cup", vectors[image]);
    }
    List<byte[]> ballast = TestingFullHeap.fill(LEFT);
    String full = "no error";
    try {
      index.put("image-" + VectorBlock.SIZE, "cup", vectors[VectorBlock.SIZE]);
    } catch (OutOfMemoryError e) {
      full = "out of memory";
    }
    ballast.clear();
    // Not the image that found no room first: others come before it is read again.
    for (int image = IMAGES - 1; image >= VectorBlock.SIZE; image--) {
      index.put("image-" + image, "cup", vectors[image]);
    }
    int found = 0;
    for (int image = 0; image < IMAGES; image++) {
      Neighbour nearest =
          index.nearest(new NeighbourQuery(vectors[image], 1, label -> true, null)).get(0);
      found += nearest.equals(new Neighbour("image-" + image, "cup", 0)) ? 1 : 0;
    }
    System.out.printf("%s, then %d of %d images at their place%n", full, found, index.size());
  }
}
