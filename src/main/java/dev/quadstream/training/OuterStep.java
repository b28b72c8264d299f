package dev.quadstream.training;

import dev.quadstream.network.NetworkState;
import dev.quadstream.network.NetworkState.Chain;
import java.util.ArrayList;
import java.util.List;

/**
 * What a merge makes of what the replicas learned in a round: Nesterov's momentum over rounds, as
 * of DiLoCo (Douillard et al., arXiv 2311.08105): {@code m ← μ·m + Δ}, {@code θ ← θ + η·(Δ + μ·m)}.
 *
 * <p>Δ is the weighted mean of what each replica's own steps changed from the start of its round to
 * the end, and never the difference to an earlier merge: with rounds that overlap, a replica takes
 * a merge, and so the outer step in it, in the middle of a later round or after several (Streaming
 * DiLoCo, arXiv 2501.18512), and that step would count again.
 *
 * <p>The published average of a replica follows its parameters by itself. It moves by what its own
 * updates changed, and by as much as the outer step adds to the parameters: a momentum of its own
 * would be one more of the same lag.
 *
 * @param learningRate η, above 0
 * @param momentum μ, in [0, 1)
 */
public record OuterStep(double learningRate, double momentum) {

  /** The mean of the replicas' parameters. */
  public static final OuterStep PLAIN = new OuterStep(1, 0);

  public OuterStep {
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)
        || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "The merge's learning rate is above 0 and its momentum in [0, 1), not %s and %s."
              .formatted(learningRate, momentum));
    }
  }

  /**
   * Where the merges have come to.
   *
   * @param model θ, and the average that is published
   * @param momentum m, without updater state
   */
  public record State(TrainedParameters model, NetworkState momentum) {

    /** Without momentum. */
    static State at(TrainedParameters model) {
      List<Chain> chains = new ArrayList<>();
      for (Chain chain : model.iterate().chains()) {
        chains.add(new Chain(chain.name(), new float[chain.parameters().length], new float[0]));
      }
      return new State(model, new NetworkState(chains, 0));
    }
  }

  /** Whether it is the mean of the replicas' parameters, for which nothing has to be kept. */
  public boolean isPlain() {
    return equals(PLAIN);
  }

  /**
   * One step, summed in double and in the order of the replicas.
   *
   * @param starts of the round, of each replica
   * @param ends of it likewise
   * @param weights one each, 0 or more, with a sum above 0
   */
  State apply(
      State state, List<TrainedParameters> starts, List<TrainedParameters> ends, int[] weights) {
    List<Chain> iterate = new ArrayList<>();
    List<Chain> average = new ArrayList<>();
    List<Chain> moments = new ArrayList<>();
    for (Chain chain : state.model().iterate().chains()) {
      String name = chain.name();
      float[] model = chain.parameters();
      float[] published = state.model().average().parameters(name);
      float[] moment = state.momentum().parameters(name);
      double[] learned =
          meanChange(iterates(starts, name), iterates(ends, name), weights, model.length);
      double[] followed =
          meanChange(averages(starts, name), averages(ends, name), weights, model.length);
      float[] nextModel = new float[model.length];
      float[] nextPublished = new float[model.length];
      float[] nextMoment = new float[model.length];
      for (int i = 0; i < model.length; i++) {
        double velocity = momentum * moment[i] + learned[i];
        double step = learningRate * (learned[i] + momentum * velocity);
        nextMoment[i] = (float) velocity;
        nextModel[i] = (float) (model[i] + step);
        nextPublished[i] = (float) (published[i] + followed[i] + (step - learned[i]));
      }
      iterate.add(new Chain(name, nextModel, new float[0]));
      average.add(new Chain(name, nextPublished, new float[0]));
      moments.add(new Chain(name, nextMoment, new float[0]));
    }
    return new State(
        new TrainedParameters(new NetworkState(iterate, 0), new NetworkState(average, 0)),
        new NetworkState(moments, 0));
  }

  private static List<float[]> iterates(List<TrainedParameters> of, String chain) {
    return of.stream().map(parameters -> parameters.iterate().parameters(chain)).toList();
  }

  private static List<float[]> averages(List<TrainedParameters> of, String chain) {
    return of.stream().map(parameters -> parameters.average().parameters(chain)).toList();
  }

  private static double[] meanChange(
      List<float[]> starts, List<float[]> ends, int[] weights, int length) {
    double total = 0;
    double[] change = new double[length];
    for (int s = 0; s < weights.length; s++) {
      float[] start = starts.get(s);
      float[] end = ends.get(s);
      total += weights[s];
      for (int i = 0; i < length; i++) {
        change[i] += weights[s] * ((double) end[i] - start[i]);
      }
    }
    for (int i = 0; i < length; i++) {
      change[i] /= total;
    }
    return change;
  }
}
