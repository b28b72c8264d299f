package dev.quadstream.training;

import dev.quadstream.metric.DistanceMeans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Merges what the replicas bring at the end of each round into one model: the mean of their
 * parameters, weighted by the windows that they trained on (local SGD: Stich, "Local SGD converges
 * fast and communicates little", ICLR 2019). In the order of the replicas, so that it is a function
 * of what they bring. With one replica, its parameters to the bit. A replica whose parameters are
 * no finite numbers is left out.
 *
 * <p>Immutable: what a contribution leads to is the next state.
 *
 * @param first the first window that was dealt to the replicas of now, see {@link WindowId}
 * @param merged windows of each of these replicas up to the last merge
 * @param open what has been brought since, in order of arrival
 * @param outer where the outer steps have come to; null without any
 */
public record Rounds(long first, long merged, List<Contribution> open, OuterStep.State outer) {

  /** The figure of a model that says how many replicas were left out of it. */
  public static final String NOT_FINITE = "replicasNotFinite";

  /** The figure of a model that says how many replicas were rolled back in the round. */
  public static final String ROLLED_BACK = "replicasRolledBack";

  /** Before the first contribution. */
  public static final Rounds NONE = new Rounds(0, 0, List.of(), null);

  public Rounds {
    open = List.copyOf(open);
  }

  /** With a contribution more. */
  public Rounds with(Contribution contribution) {
    List<Contribution> more = new ArrayList<>(open);
    more.add(contribution);
    return contribution.last().first() == first
        ? new Rounds(first, merged, more, outer)
        : new Rounds(contribution.last().first(), 0, more, outer);
  }

  /**
   * The model of the earliest round that all replicas have brought their part to.
   *
   * @throws TrainingDivergedException if the parameters of none are finite
   */
  public Optional<MergedModel> complete(OuterStep step, ParameterStore store) {
    List<Contribution> round = earliest();
    return round.isEmpty() || round.size() < round.get(0).last().replicas()
        ? Optional.empty()
        : Optional.of(
            merge(round, round.get(0).last().version(round.get(0).version()), step, store));
  }

  /** The files that hold parameters of what is open. */
  public List<StoredParameters> stored() {
    return open.stream()
        .map(Contribution::parameters)
        .filter(StoredParameters.class::isInstance)
        .map(StoredParameters.class::cast)
        .toList();
  }

  /** Without the earliest round, which has been merged into a model. */
  public Rounds after(MergedModel model) {
    List<Contribution> round = earliest();
    List<Contribution> left = new ArrayList<>(open);
    left.removeAll(round);
    return new Rounds(
        first,
        round.get(0).version(),
        left,
        model.momentum() == null
            ? null
            : new OuterStep.State(model.parameters(), model.momentum()));
  }

  private List<Contribution> earliest() {
    long version = open.stream().mapToLong(Contribution::version).min().orElse(0);
    return open.stream().filter(contribution -> contribution.version() == version).toList();
  }

  /** The model of whatever has been brought since the last merge, at the end of the input. */
  public Optional<MergedModel> remainder(OuterStep step, ParameterStore store) {
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Map<Integer, Contribution> latest = new TreeMap<>();
    open.forEach(
        contribution ->
            latest.merge(
                contribution.last().replica(),
                contribution,
                (before, after) ->
                    new Contribution(
                        after.last(),
                        before.trained() + after.trained(),
                        new ParametersOfRounds(before.parameters(), after.parameters()),
                        after.means(),
                        after.warmingUp(),
                        figures(before, after),
                        both(before.tests(), after.tests()))));
    long unchanged = (long) open.get(0).last().replicas() - latest.size();
    long version =
        first
            + unchanged * merged
            + latest.values().stream().mapToLong(Contribution::version).sum();
    return Optional.of(merge(List.copyOf(latest.values()), version, step, store));
  }

  private static Map<String, Double> figures(Contribution before, Contribution after) {
    Map<String, Double> figures = new TreeMap<>(after.figures());
    if (before.isRolledBack()) {
      figures.put(ROLLED_BACK, 1.0);
    }
    return figures;
  }

  private MergedModel merge(
      List<Contribution> round, long version, OuterStep step, ParameterStore store) {
    List<Contribution> ordered =
        round.stream()
            .filter(contribution -> contribution.parameters().areFinite())
            .sorted(Comparator.comparingInt(contribution -> contribution.last().replica()))
            .toList();
    if (ordered.isEmpty()) {
      throw new TrainingDivergedException(version);
    }
    int[] weights = ordered.stream().mapToInt(Contribution::trained).toArray();
    if (Arrays.stream(weights).sum() == 0) {
      // Nobody trained, or everybody was rolled back: none is better than another.
      Arrays.fill(weights, 1);
    }
    boolean warmingUp = true;
    Mean positive = new Mean();
    Mean negative = new Mean();
    Map<String, Mean> figures = new TreeMap<>();
    for (int s = 0; s < weights.length; s++) {
      Contribution contribution = ordered.get(s);
      int weight = weights[s];
      warmingUp &= weight == 0 || contribution.warmingUp();
      positive.add(contribution.means().positive(), weight);
      negative.add(contribution.means().negative(), weight);
      contribution
          .figures()
          .forEach(
              (name, figure) ->
                  figures.computeIfAbsent(name, absent -> new Mean()).add(figure, weight));
    }
    Map<String, Double> meanFigures = new TreeMap<>();
    figures.forEach((name, mean) -> meanFigures.put(name, mean.value));
    meanFigures.values().removeIf(value -> value.isNaN());
    if (ordered.size() < round.size()) {
      meanFigures.put(NOT_FINITE, (double) (round.size() - ordered.size()));
    }
    long rolledBack = round.stream().filter(Contribution::isRolledBack).count();
    if (rolledBack > 0) {
      meanFigures.put(ROLLED_BACK, (double) rolledBack);
    }
    OuterStep.State merged = parameters(ordered, weights, step, store);
    return new MergedModel(
        ordered.get(0).last().run(),
        version,
        merged.model(),
        new DistanceMeans(positive.value, negative.value),
        warmingUp,
        meanFigures,
        merged.momentum(),
        testsOf(round));
  }

  /**
   * The mean, or where an outer step leads to from the model before; a round without starts, or in
   * which nobody trained, begins such steps anew from its mean.
   */
  private OuterStep.State parameters(
      List<Contribution> ordered, int[] weights, OuterStep step, ParameterStore store) {
    if (step.isPlain()) {
      return new OuterStep.State(meanOfEnds(ordered, weights, store), null);
    }
    boolean trained = ordered.stream().anyMatch(contribution -> contribution.trained() > 0);
    if (!trained || ordered.stream().anyMatch(part -> !part.parameters().hasStart())) {
      return OuterStep.State.at(meanOfEnds(ordered, weights, store));
    }
    OuterStep.State from =
        outer == null
            ? OuterStep.State.at(
                reading(ordered, store, parts -> new ParameterMean(parts, weights).ofStarts()))
            : outer;
    return reading(ordered, store, parts -> step.apply(from, parts, weights));
  }

  private static TrainedParameters meanOfEnds(
      List<Contribution> ordered, int[] weights, ParameterStore store) {
    return ordered.size() == 1 && ordered.get(0).parameters() instanceof HeldParameters held
        ? held.end()
        : reading(ordered, store, parts -> new ParameterMean(parts, weights).ofEnds());
  }

  private static <T> T reading(
      List<Contribution> ordered, ParameterStore store, Function<List<ParameterReader>, T> merge) {
    List<ParameterReader> parts = new ArrayList<>();
    try {
      ordered.forEach(contribution -> parts.add(contribution.parameters().open(store)));
      return merge.apply(parts);
    } finally {
      parts.forEach(ParameterReader::close);
    }
  }

  /** In the order of the replicas; of all, since the test is of published models. */
  private static List<PairedTest> testsOf(List<Contribution> round) {
    return round.stream()
        .sorted(Comparator.comparingInt(contribution -> contribution.last().replica()))
        .map(Contribution::tests)
        .reduce(List.of(), Rounds::both);
  }

  private static List<PairedTest> both(List<PairedTest> one, List<PairedTest> other) {
    List<PairedTest> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  /** A weighted mean of numbers, NaN before the first; of one number, that very number. */
  private static final class Mean {
    private double value = Double.NaN;
    private double weight;

    void add(double next, double nextWeight) {
      if (Double.isNaN(next) || nextWeight == 0) {
        return;
      }
      weight += nextWeight;
      value = Double.isNaN(value) ? next : value + (next - value) * (nextWeight / weight);
    }
  }
}
