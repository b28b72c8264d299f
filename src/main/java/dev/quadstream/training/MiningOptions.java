package dev.quadstream.training;

import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.MiningPolicy;

/**
 * How a batch is assembled from a window and the memory.
 *
 * @param policy which negatives are chosen
 * @param form of the loss that the batch is for
 * @param quadruplets M, the quadruplets wanted of each window; 0 for one to each image of the batch
 * @param memoryImages at most so many images of the memory join the window's in a batch
 * @param memoryCapacity images that the memory of one replica holds at the most
 * @param searchImages so many images of the memory are embedded anew with each model and searched
 *     for the nearest; where it holds more, the others wait for their turn
 * @param seed of all draws
 */
public record MiningOptions(
    MiningPolicy policy,
    LossForm form,
    int quadruplets,
    int memoryImages,
    int memoryCapacity,
    int searchImages,
    long seed) {

  public MiningOptions {
    requireAtLeast(0, "quadruplets", quadruplets);
    requireAtLeast(0, "memoryImages", memoryImages);
    requireAtLeast(1, "memoryCapacity", memoryCapacity);
    requireAtLeast(1, "searchImages", searchImages);
  }

  private static void requireAtLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException("%s is %d or more, not %d.".formatted(name, least, value));
    }
  }
}
