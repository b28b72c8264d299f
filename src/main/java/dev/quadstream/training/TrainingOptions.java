package dev.quadstream.training;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.Orientation;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.MarginRule;

/**
 * How the network learns from a batch.
 *
 * @param form triplet or quadruplet loss
 * @param margins fixed or adaptive margins
 * @param pairSoftmaxWeight weight of the pair softmax loss; without effect under the Euclidean
 *     metric
 * @param smoothing weight of the past in the smoothed μ_p and μ_n, in [0, 1)
 * @param warmUpWindows windows at the start, and after a collapse, that train on random quadruplets
 *     with the fixed margins
 * @param rampUpdates updates, from the first or after a collapse, over which the learning rate
 *     rises to its full value; 0 for none
 * @param averageWindows the published parameters are a running average over about so many windows;
 *     1 for the parameters themselves
 * @param augmentation drawn afresh for every image of every batch
 * @param orientations one of these is drawn for each batch, whose images are all laid down in it
 * @param gradientNormLimit an update whose gradient is longer than this is refused
 * @param collapseThreshold an embedding has collapsed where images of different classes are less
 *     than this apart in the mean, as ¼‖f_x − f_y‖² in [0, 1], though their pixels differ
 * @param refusedInARow so many refused windows in a row end the training
 * @param goodEvery windows between two copies of the parameters to fall back on; a copy is taken
 *     only where a window has found its classes at least twice the collapse threshold apart
 * @param seed of all draws
 */
public record TrainingOptions(
    LossForm form,
    MarginRule margins,
    double pairSoftmaxWeight,
    double smoothing,
    int warmUpWindows,
    int rampUpdates,
    int averageWindows,
    ImageAugmentation augmentation,
    Orientation.Choice orientations,
    double gradientNormLimit,
    double collapseThreshold,
    int refusedInARow,
    int goodEvery,
    long seed) {

  /** As often as models are published where nothing else is asked for. */
  public static final int GOOD_EVERY = 32;

  public TrainingOptions {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("Smoothing is in [0, 1), not " + smoothing + ".");
    }
    if (warmUpWindows < 0 || rampUpdates < 0 || refusedInARow < 1 || goodEvery < 1) {
      throw new IllegalArgumentException(
          "Warm-up windows and ramp updates are 0 or more, the others 1 or more: warmUpWindows = %d, rampUpdates = %d, refusedInARow = %d, goodEvery = %d."
              .formatted(warmUpWindows, rampUpdates, refusedInARow, goodEvery));
    }
    if (averageWindows < 1) {
      throw new IllegalArgumentException(
          "The average is over 1 window or more, not " + averageWindows + ".");
    }
    if (!(gradientNormLimit > 0) || !(collapseThreshold >= 0 && collapseThreshold < 1)) {
      throw new IllegalArgumentException(
          "The gradient norm limit is above 0 and the collapse threshold in [0, 1), not %s and %s."
              .formatted(gradientNormLimit, collapseThreshold));
    }
  }
}
