package dev.quadstream.search;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How similar the images of trials are to the nearest labelled ones: one image of each class, since
 * images of one class are wrong together.
 *
 * @param impostors classes whose first image was compared with the images of the others
 * @param independent how many independent trials those are worth, no more than their number. A new
 *     image is taken for known as it resembles one class or another, so that what tells how often
 *     that happens are pairs of classes; each counts once, although both may be trials
 * @param lookalikes of each two classes of which one's trial found the other the nearest, how
 *     similar they are; where both did, the larger similarity
 * @param genuine of each class, how similar an image is to the nearest other one of the class
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record OpenSetScores(
    int impostors, double independent, double[] lookalikes, double[] genuine) {

  /** Of no trial. */
  public static final OpenSetScores NONE = new OpenSetScores(0, 0, new double[0], new double[0]);

  /**
   * From what the trials found.
   *
   * @param others by its label the nearest image of another class to the first one of each
   * @param own by its label the nearest other image to one of each class
   * @param classes how many are labelled, those of the trials among them
   */
  static OpenSetScores of(Map<String, Neighbour> others, Map<String, Neighbour> own, int classes) {
    Map<Set<String>, Double> lookalikes = new HashMap<>();
    others.forEach(
        (label, nearest) ->
            lookalikes.merge(
                Set.of(label, nearest.label()), (double) nearest.similarity(), Math::max));
    int trials = others.size();
    // Of the pairs of a trial's class and a labelled one, over how many a new class makes with all.
    double independent = trials == 0 ? 0 : trials - trials * (trials + 1.0) / (2.0 * classes);
    return new OpenSetScores(
        trials, Math.max(0, independent), values(lookalikes), similarities(own));
  }

  private static double[] values(Map<?, Double> scores) {
    return scores.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] similarities(Map<String, Neighbour> nearest) {
    return nearest.values().stream().mapToDouble(Neighbour::similarity).toArray();
  }

  /**
   * The same for more labelled images than there were, which a new one resembles the more often.
   *
   * @param growth how many times as many, 1 or more
   */
  public OpenSetScores amongMore(double growth) {
    return new OpenSetScores(impostors, independent / growth, lookalikes, genuine);
  }

  /**
   * The thresholds at a tolerated error rate.
   *
   * @param rate above 0 and below 1
   */
  public OpenSetThresholds thresholds(double rate) {
    return OpenSetThresholds.of(this, rate);
  }
}
