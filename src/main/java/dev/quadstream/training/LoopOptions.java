package dev.quadstream.training;

import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.NetworkSpec;

/**
 * What decides, with the images, what is learned.
 *
 * @param network the network
 * @param mining how a batch is assembled
 * @param training how the network learns from it
 * @param replicas N, that the windows are dealt to, 1 or more
 * @param windowImages images in a window, 1 or more
 * @param publishEvery windows of each replica between two published models, 1 or more
 * @param staleness L of {@link PublishingSchedule#versionFor}, 0 or more
 * @param outer what a merge makes of what the replicas learned
 * @param precision of the embeddings that are mined with
 */
public record LoopOptions(
    NetworkSpec network,
    MiningOptions mining,
    TrainingOptions training,
    int replicas,
    int windowImages,
    int publishEvery,
    int staleness,
    OuterStep outer,
    EmbeddingPrecision precision) {

  public LoopOptions {
    if (replicas < 1 || windowImages < 1 || publishEvery < 1 || staleness < 0) {
      throw new IllegalArgumentException(
          "There is 1 replica or more, a window has 1 image or more, publishing comes every 1 window or more, staleness is 0 or more, not %d, %d, %d and %d."
              .formatted(replicas, windowImages, publishEvery, staleness));
    }
  }
}
