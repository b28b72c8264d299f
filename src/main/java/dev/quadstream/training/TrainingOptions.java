package dev.quadstream.training;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.Orientation;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.MeanPairs;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.QuadrupletLoss;

/**
 * How the network learns from a batch.
 *
 * @param objective what is minimised
 * @param minedAnew how quadruplets are mined from the step's own forward pass; null to train on
 *     those that came with the batch, which were mined by a model some windows old
 * @param schedule what changes as training goes on
 * @param augmentation what is done to the images of a batch
 * @param safeguards what an update may do and how it is undone
 * @param seed of all draws
 */
public record TrainingOptions(
    Objective objective,
    MiningPolicy minedAnew,
    Schedule schedule,
    Augmentation augmentation,
    Safeguards safeguards,
    long seed) {

  /**
   * What is minimised.
   *
   * @param loss triplet or quadruplet, and how it is averaged
   * @param margins fixed or adaptive margins
   * @param meanPairs over which pairs μ_p and μ_n are taken
   * @param smoothing weight of the past in the smoothed μ_p and μ_n, in [0, 1)
   * @param pairSoftmaxWeight weight of the pair softmax loss; without effect under the Euclidean
   *     metric
   */
  public record Objective(
      QuadrupletLoss loss,
      MarginRule margins,
      MeanPairs meanPairs,
      double smoothing,
      double pairSoftmaxWeight) {

    public Objective {
      if (!(smoothing >= 0 && smoothing < 1)) {
        throw new IllegalArgumentException("Smoothing is in [0, 1), not " + smoothing + ".");
      }
    }
  }

  /**
   * What changes as training goes on.
   *
   * @param warmUpWindows windows at the start, and after a collapse, that train on random
   *     quadruplets with the fixed margins
   * @param rampUpdates updates, from the first or after a collapse, over which the learning rate
   *     rises to its full value; 0 for none
   * @param averageWindows the published parameters are a running average over about so many
   *     windows; 1 for the parameters themselves
   */
  public record Schedule(int warmUpWindows, int rampUpdates, int averageWindows) {

    public Schedule {
      if (warmUpWindows < 0 || rampUpdates < 0) {
        throw new IllegalArgumentException(
            "Warm-up windows and ramp updates are 0 or more: warmUpWindows = %d, rampUpdates = %d."
                .formatted(warmUpWindows, rampUpdates));
      }
      if (averageWindows < 1) {
        throw new IllegalArgumentException(
            "The average is over 1 window or more, not " + averageWindows + ".");
      }
    }
  }

  /**
   * What is done to the images of a batch.
   *
   * @param perImage drawn afresh for every image of every batch
   * @param orientations one of these is drawn for each batch, whose images are all laid down in it
   */
  public record Augmentation(ImageAugmentation perImage, Orientation.Choice orientations) {}

  /**
   * What an update may do and how it is undone.
   *
   * @param gradientNormLimit an update whose gradient is longer than this is refused
   * @param collapseThreshold an embedding has collapsed where images of different classes are less
   *     than this apart in the mean, as ¼‖f_x − f_y‖² in [0, 1], though their pixels differ
   * @param refusedInARow so many refused windows in a row end the training
   * @param fallbackEvery windows between two copies of the parameters to fall back on; a copy is
   *     taken only where a window has found its classes at least twice the collapse threshold apart
   */
  public record Safeguards(
      double gradientNormLimit, double collapseThreshold, int refusedInARow, int fallbackEvery) {

    /** As often as models are published where nothing else is asked for. */
    public static final int FALLBACK_EVERY = 32;

    public Safeguards {
      if (!(gradientNormLimit > 0) || !(collapseThreshold >= 0 && collapseThreshold < 1)) {
        throw new IllegalArgumentException(
            "The gradient norm limit is above 0 and the collapse threshold in [0, 1), not %s and %s."
                .formatted(gradientNormLimit, collapseThreshold));
      }
      if (refusedInARow < 1 || fallbackEvery < 1) {
        throw new IllegalArgumentException(
            "Windows are counted from 1: refusedInARow = %d, fallbackEvery = %d."
                .formatted(refusedInARow, fallbackEvery));
      }
    }
  }
}
