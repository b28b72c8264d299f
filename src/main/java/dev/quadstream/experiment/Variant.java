package dev.quadstream.experiment;

import dev.quadstream.image.Orientation;
import dev.quadstream.metric.HingeMean;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MeanPairs;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.network.MetricKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One trained row of the ablation: the pipeline's defaults with some options set otherwise.
 *
 * <p>All rows share everything that they do not name: stream, batches, trunk, augmentation,
 * learning rate. So a question is put to two rows that differ in one thing.
 *
 * @param name the row's name
 * @param description what the row is, for people
 * @param options values of the pipeline's options by key, sorted
 */
public record Variant(String name, String description, Map<String, String> options) {

  /**
   * Both metrics have g² in [0, 1], so both get the same margins. 0.2 is FaceNet's (Schroff et al.,
   * CVPR 2015); the second keeps the paper's ratio of one half. Chosen before the first run.
   */
  private static final Margins FIXED = new Margins(0.2, 0.1);

  /**
   * The paper's margins, with which every row of adaptive margins warms up. Under a g in [0, 1] the
   * first never switches a term off.
   */
  private static final Margins UNIT = new Margins(1, 0.5);

  private static final boolean ADAPTIVE = true;

  /** The row that others differ from. */
  public static final String WHOLE = "quadruplet-adaptive";

  /** Every trained row, in the order of the table. */
  public static List<Variant> all() {
    return List.of(
        of(
            "triplet-euclidean",
            "Eq. 2, Euclidean metric, fixed margin 0.2",
            options(LossForm.TRIPLET, MetricKind.EUCLIDEAN, !ADAPTIVE, FIXED)),
        of(
            "triplet-learned",
            "Eq. 2, learned metric, fixed margin 0.2",
            options(LossForm.TRIPLET, MetricKind.LEARNED, !ADAPTIVE, FIXED)),
        of(
            "triplet-adaptive",
            "Eq. 2 and 4, learned metric, adaptive margin",
            options(LossForm.TRIPLET, MetricKind.LEARNED, ADAPTIVE, UNIT)),
        of(
            "quadruplet-euclidean",
            "Eq. 3, Euclidean metric, fixed margins 0.2 and 0.1",
            options(LossForm.QUADRUPLET, MetricKind.EUCLIDEAN, !ADAPTIVE, FIXED)),
        of(
            "quadruplet",
            "Eq. 3, learned metric, fixed margins 0.2 and 0.1",
            options(LossForm.QUADRUPLET, MetricKind.LEARNED, !ADAPTIVE, FIXED)),
        of(
            "quadruplet-adaptive-euclidean",
            "Eq. 3 and 4, Euclidean metric, adaptive margins",
            options(LossForm.QUADRUPLET, MetricKind.EUCLIDEAN, ADAPTIVE, UNIT)),
        of(
            WHOLE,
            "Eq. 3 and 4, learned metric, adaptive margins: the whole method",
            options(LossForm.QUADRUPLET, MetricKind.LEARNED, ADAPTIVE, UNIT)),
        whole(
            "pair-softmax-off",
            "the whole method without the pair softmax loss",
            OptionKeys.PAIR_SOFTMAX_WEIGHT,
            "0.0"),
        whole(
            "random-mining",
            "the whole method on negatives drawn at random",
            OptionKeys.MINING_POLICY,
            MiningPolicy.RANDOM.name()),
        whole(
            "averaging-off",
            "the whole method, published as the parameters of the last window",
            OptionKeys.AVERAGE_WINDOWS,
            "1"),
        whole(
            "orientations-off",
            "the whole method, trained on images as they are",
            OptionKeys.ORIENTATIONS,
            Orientation.Choice.UPRIGHT.name()),
        whole(
            "mean-over-all",
            "the whole method, each term averaged over all M quadruplets",
            OptionKeys.MEAN_OVER,
            HingeMean.ALL.name()),
        whole(
            "mined-anew",
            "the whole method, mined from the training step's own forward pass",
            OptionKeys.MINED_ANEW,
            "true"),
        whole(
            "means-of-quadruplets",
            "the whole method, means of Eq. 4 over the mined quadruplets",
            OptionKeys.MEAN_PAIRS,
            MeanPairs.QUADRUPLETS.name()),
        of("paper", "the paper's own recipe", new TreeMap<>(), OptionKeys.PRESET, "paper"));
  }

  /**
   * The whole method with other values of some options, to be held against it as it is. Its name
   * says them.
   *
   * @param changes by key
   */
  public static Variant varied(Map<String, String> changes) {
    String name =
        new TreeMap<>(changes)
            .entrySet().stream()
                .map(change -> change.getKey() + "=" + change.getValue())
                .collect(Collectors.joining(","));
    Map<String, String> options = options(LossForm.QUADRUPLET, MetricKind.LEARNED, ADAPTIVE, UNIT);
    options.putAll(changes);
    return of(name, "the whole method with " + name, options);
  }

  /** The whole method but for one option. */
  private static Variant whole(String name, String description, String key, String value) {
    return of(
        name,
        description,
        options(LossForm.QUADRUPLET, MetricKind.LEARNED, ADAPTIVE, UNIT),
        key,
        value);
  }

  private static Variant of(String name, String description, Map<String, String> options) {
    return new Variant(name, description, options);
  }

  private static Variant of(
      String name, String description, Map<String, String> options, String key, String value) {
    options.put(key, value);
    return new Variant(name, description, options);
  }

  private static Map<String, String> options(
      LossForm form, MetricKind metric, boolean adaptive, Margins fixed) {
    Map<String, String> options = new TreeMap<>();
    options.put(OptionKeys.LOSS, form.name());
    options.put(OptionKeys.METRIC, metric.name());
    options.put(OptionKeys.MARGIN_ADAPTIVE, Boolean.toString(adaptive));
    options.put(OptionKeys.MARGIN_FIXED_FIRST, Double.toString(fixed.first()));
    options.put(OptionKeys.MARGIN_FIXED_SECOND, Double.toString(fixed.second()));
    options.put(OptionKeys.PAIR_SOFTMAX_WEIGHT, "0.3");
    options.put(OptionKeys.AVERAGE_WINDOWS, "200");
    options.put(OptionKeys.ORIENTATIONS, Orientation.Choice.ALL.name());
    options.put(OptionKeys.MINING_POLICY, MiningPolicy.MARGIN.name());
    return options;
  }
}
