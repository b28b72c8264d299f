package dev.quadstream.search;

/**
 * How similar the images of trials are to the nearest labelled ones.
 *
 * @param impostors of each image of a new class to the nearest of another class
 * @param genuine of each image of a known class to the nearest of its own
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record OpenSetScores(double[] impostors, double[] genuine) {

  /**
   * The thresholds at a tolerated error rate.
   *
   * @param rate above 0 and below 1
   */
  public OpenSetThresholds thresholds(double rate) {
    return OpenSetThresholds.of(impostors, genuine, rate);
  }
}
