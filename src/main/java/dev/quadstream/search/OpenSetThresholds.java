package dev.quadstream.search;

import java.util.Arrays;

/**
 * Similarities to the nearest labelled image from which on an image counts as known, and up to
 * which it counts as new, each wrong in at most a tolerated share of the cases with 95 %
 * confidence.
 *
 * @param rate the tolerated share: of images of new classes that are taken for known, and of images
 *     of known classes that are taken for new
 * @param impostors classes whose first image was a trial
 * @param independent how many independent trials those are worth
 * @param genuine classes of which a later image was a trial
 * @param needed how many independent trials either threshold takes
 * @param known images above it are known; null where the trials are too few: not calibrated
 * @param fresh images below it are new; null where the trials are too few
 */
public record OpenSetThresholds(
    double rate,
    int impostors,
    double independent,
    int genuine,
    int needed,
    Double known,
    Double fresh) {

  static OpenSetThresholds of(OpenSetScores scores, double rate) {
    double[] negative = Arrays.stream(scores.genuine()).map(score -> -score).toArray();
    var known = ErrorRateBound.above(scores.lookalikes(), scores.independent(), rate);
    var fresh = ErrorRateBound.above(negative, negative.length, rate);
    return new OpenSetThresholds(
        rate,
        scores.impostors(),
        scores.independent(),
        negative.length,
        ErrorRateBound.needed(rate),
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
