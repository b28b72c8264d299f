package dev.quadstream.evaluation;

import dev.quadstream.search.NeighbourQuery;
import dev.quadstream.search.OpenSetScores;
import dev.quadstream.search.OpenSetThresholds;
import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.VectorIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * Telling known classes from new ones: in each trial half of the classes, drawn at random, is
 * enrolled, with every second of its images; the others of those are genuine probes, and all images
 * of the other half are impostors.
 *
 * <p>Figures as in Phillips, Grother and Micheals, "Evaluation methods in face recognition",
 * Handbook of Face Recognition, 2011. Besides, what a threshold is worth that knows the enrolled
 * images alone: the search service's, from one image of each class against the others.
 *
 * @param trials how often the classes were drawn
 * @param enrolledClasses in each
 * @param genuine probes in each, on average
 * @param impostors probes in each, on average
 * @param rates the figures at each false-accept rate, means over the trials
 */
public record OpenSetIdentification(
    int trials, int enrolledClasses, double genuine, double impostors, List<AtRate> rates) {

  private static final double[] RATES = {0.1, 0.05, 0.01, 0.001};

  /**
   * At a false-accept rate.
   *
   * @param falseAcceptRate share of the impostors that a threshold on the similarity lets pass
   * @param trueAcceptRate share of genuine probes with an image of their class above it (TAR)
   * @param identificationRate share of genuine probes whose nearest image is of their class and
   *     above it (DIR at rank 1)
   * @param independentTrials how many the enrolled classes are worth to a threshold of their own
   * @param neededTrials how many it takes
   * @param calibrated in how many drawings they were enough
   * @param kept in how many of them it let no larger share of the impostors pass than the rate
   * @param withinInterval in how many it let pass no larger share beyond its 95 % interval (Clopper
   *     and Pearson's, as if no two impostors were of one class, so that it is rather too narrow)
   * @param realised the share that it let pass, mean of those trials; NaN where there are none
   * @param rejected the share of genuine probes without an image of their class above it, likewise
   */
  public record AtRate(
      double falseAcceptRate,
      double trueAcceptRate,
      double identificationRate,
      double independentTrials,
      int neededTrials,
      int calibrated,
      int kept,
      int withinInterval,
      double realised,
      double rejected) {}

  /**
   * What one drawing gave: scores of impostors, of genuine probes by both rules, and of the trials
   * that the enrolled images are.
   */
  private record Drawing(
      double[] impostors, double[] sameClass, double[] identified, OpenSetScores enrolled) {}

  public OpenSetIdentification {
    rates = List.copyOf(rates);
  }

  /**
   * Draws and measures.
   *
   * @param set unit vectors of at least four classes, two of them with two images each; where it
   *     has groups, a probe does not see enrolled images of its own
   * @param trials how often to draw, 1 or more
   * @param seed what the drawings are a function of
   * @throws IllegalArgumentException where a drawing has no genuine probe or no impostor
   */
  public static OpenSetIdentification of(LabeledVectors set, int trials, long seed) {
    Map<String, List<Integer>> rows = new LinkedHashMap<>();
    for (int row = 0; row < set.size(); row++) {
      rows.computeIfAbsent(set.labels().get(row), label -> new ArrayList<>()).add(row);
    }
    List<String> classes = new ArrayList<>(rows.keySet());
    Random random = new Random(seed);
    List<Drawing> drawings = new ArrayList<>();
    for (int trial = 0; trial < trials; trial++) {
      Collections.shuffle(classes, random);
      drawings.add(draw(set, rows, classes));
    }
    return new OpenSetIdentification(
        trials,
        classes.size() / 2,
        drawings.stream().mapToInt(drawing -> drawing.sameClass().length).average().orElseThrow(),
        drawings.stream().mapToInt(drawing -> drawing.impostors().length).average().orElseThrow(),
        Arrays.stream(RATES).mapToObj(rate -> at(rate, drawings)).toList());
  }

  private static Drawing draw(
      LabeledVectors set, Map<String, List<Integer>> rows, List<String> classes) {
    VectorIndex gallery = new VectorIndex(set.width());
    OpenSetTrials trials = new OpenSetTrials();
    List<Integer> genuine = new ArrayList<>();
    int enrolled = classes.size() / 2;
    for (String label : classes.subList(0, enrolled)) {
      List<Integer> images = rows.get(label);
      List<Integer> ofClass = everySecond(images, 0);
      for (int i = 0; i < ofClass.size(); i++) {
        String id = Integer.toString(ofClass.get(i));
        gallery.put(id, label, set.vectors()[ofClass.get(i)]);
        trials.add(0, i, id, label);
      }
      everySecond(images, 1).stream()
          .filter(probe -> ownGroup(set, probe, ofClass) < ofClass.size())
          .forEach(genuine::add);
    }
    List<Integer> impostors =
        classes.subList(enrolled, classes.size()).stream()
            .flatMap(label -> rows.get(label).stream())
            .toList();
    if (genuine.isEmpty() || impostors.isEmpty() || enrolled < 2) {
      throw new IllegalArgumentException(
          "Open-set figures need 4 classes or more, half of them with 2 images or more%s."
              .formatted(set.hasGroups() ? ", of several cameras" : ""));
    }
    return new Drawing(
        scores(set, gallery, impostors, rows, Rule.ANY_CLASS),
        scores(set, gallery, genuine, rows, Rule.OWN_CLASS),
        scores(set, gallery, genuine, rows, Rule.NEAREST_IS_OWN_CLASS),
        trials.scores(0, gallery));
  }

  private static List<Integer> everySecond(List<Integer> images, int from) {
    return IntStream.range(0, images.size())
        .filter(i -> i % 2 == from)
        .mapToObj(images::get)
        .toList();
  }

  /** How many of them a probe does not see. */
  private static int ownGroup(LabeledVectors set, int probe, List<Integer> images) {
    return (int) images.stream().filter(image -> set.sharesGroup(probe, set, image)).count();
  }

  private enum Rule {
    ANY_CLASS,
    OWN_CLASS,
    NEAREST_IS_OWN_CLASS
  }

  /** Each probe's similarity to the nearest image that the rule asks for, or −∞. */
  private static double[] scores(
      LabeledVectors set,
      VectorIndex gallery,
      List<Integer> probes,
      Map<String, List<Integer>> rows,
      Rule rule) {
    return probes.stream()
        .mapToDouble(
            row -> {
              String own = set.labels().get(row);
              int unseen = ownGroup(set, row, rows.get(own));
              return gallery
                  .nearest(
                      new NeighbourQuery(
                          set.vectors()[row],
                          1 + unseen,
                          label ->
                              switch (rule) {
                                case OWN_CLASS -> label.equals(own);
                                case ANY_CLASS, NEAREST_IS_OWN_CLASS -> true;
                              },
                          null))
                  .stream()
                  .filter(found -> !set.sharesGroup(row, set, Integer.parseInt(found.id())))
                  .findFirst()
                  .filter(found -> rule != Rule.NEAREST_IS_OWN_CLASS || found.label().equals(own))
                  .map(found -> (double) found.similarity())
                  .orElse(Double.NEGATIVE_INFINITY);
            })
        .toArray();
  }

  private static AtRate at(double rate, List<Drawing> drawings) {
    double trueAccepts = 0;
    double identified = 0;
    int calibrated = 0;
    int kept = 0;
    int withinInterval = 0;
    double realised = 0;
    double rejected = 0;
    double independentTrials = 0;
    int neededTrials = 0;
    for (Drawing drawing : drawings) {
      double[] ascending = drawing.impostors().clone();
      Arrays.sort(ascending);
      double threshold = ascending[ascending.length - 1 - (int) (rate * ascending.length)];
      trueAccepts += above(drawing.sameClass(), threshold);
      identified += above(drawing.identified(), threshold);
      OpenSetThresholds own = drawing.enrolled().thresholds(rate);
      independentTrials += own.independent();
      neededTrials = own.needed();
      if (own.calibrated()) {
        double share = above(drawing.impostors(), own.known());
        calibrated++;
        kept += share <= rate ? 1 : 0;
        withinInterval += lowest(share, drawing.impostors().length) <= rate ? 1 : 0;
        realised += share;
        rejected += 1 - above(drawing.sameClass(), own.known());
      }
    }
    return new AtRate(
        rate,
        trueAccepts / drawings.size(),
        identified / drawings.size(),
        independentTrials / drawings.size(),
        neededTrials,
        calibrated,
        kept,
        withinInterval,
        realised / calibrated,
        rejected / calibrated);
  }

  /** The lower end of the 95 % interval of a share of so many. */
  private static double lowest(double share, int count) {
    long accepted = Math.round(share * count);
    return accepted == 0
        ? 0
        : new BetaDistribution(null, accepted, count - accepted + 1.0)
            .inverseCumulativeProbability(0.025);
  }

  private static double above(double[] scores, double threshold) {
    return (double) Arrays.stream(scores).filter(score -> score > threshold).count()
        / scores.length;
  }
}
