package dev.quadstream.search;

/**
 * Similarities to the nearest labelled image from which on an image counts as known, and up to
 * which it counts as new, each wrong in at most a tolerated share of the cases with 95 %
 * confidence.
 *
 * @param rate the tolerated share: of images of new classes that are taken for known, and of images
 *     of known classes that are taken for new
 * @param impostors trials with images of new classes
 * @param genuine trials with images of known classes
 * @param known images above it are known; null where the trials are too few: not calibrated
 * @param fresh images below it are new; null where the trials are too few
 */
public record OpenSetThresholds(
    double rate, int impostors, int genuine, Double known, Double fresh) {

  /**
   * From trials.
   *
   * @param impostors similarity of each image of a new class to the nearest of another class
   * @param genuine similarity of each image of a known class to the nearest of its own
   */
  public static OpenSetThresholds of(double[] impostors, double[] genuine, double rate) {
    double[] negative = new double[genuine.length];
    for (int i = 0; i < negative.length; i++) {
      negative[i] = -genuine[i];
    }
    var known = ErrorRateBound.above(impostors, rate);
    var fresh = ErrorRateBound.above(negative, rate);
    return new OpenSetThresholds(
        rate,
        impostors.length,
        genuine.length,
        known.isPresent() ? (Double) known.getAsDouble() : null,
        fresh.isPresent() ? (Double) (-fresh.getAsDouble()) : null);
  }

  /** Whether images can be known by it. */
  public boolean calibrated() {
    return known != null;
  }

  /** What a similarity to the nearest labelled image says; without one, that is −∞. */
  public Verdict verdict(double similarity) {
    if (known == null) {
      return Verdict.UNSURE;
    }
    if (similarity > known) {
      return Verdict.KNOWN;
    }
    return fresh != null && similarity < fresh ? Verdict.NEW : Verdict.UNSURE;
  }
}
