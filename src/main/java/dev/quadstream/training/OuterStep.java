package dev.quadstream.training;

import dev.quadstream.network.NetworkState;
import dev.quadstream.network.NetworkState.Chain;
import java.util.ArrayList;
import java.util.Arrays;
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
   * One step, summed in double and in the order of the replicas, block by block.
   *
   * @param replicas start and end of the round of each
   * @param weights one each, 0 or more, with a sum above 0
   */
  State apply(State state, List<ParameterReader> replicas, int[] weights) {
    MeanChange change = new MeanChange(replicas, weights);
    List<Chain> iterate = new ArrayList<>();
    List<Chain> average = new ArrayList<>();
    List<Chain> moments = new ArrayList<>();
    for (String name : replicas.get(0).lengths().keySet()) {
      float[] model = state.model().iterate().parameters(name);
      float[] published = state.model().average().parameters(name);
      float[] moment = state.momentum().parameters(name);
      float[] nextModel = new float[model.length];
      float[] nextPublished = new float[model.length];
      float[] nextMoment = new float[model.length];
      for (int start = 0; start < model.length; start += ParameterBlock.VALUES) {
        int count = Math.min(ParameterBlock.VALUES, model.length - start);
        change.read(count);
        for (int i = 0; i < count; i++) {
          int at = start + i;
          double learned = change.learned[i];
          double velocity = momentum * moment[at] + learned;
          double step = learningRate * (learned + momentum * velocity);
          nextMoment[at] = (float) velocity;
          nextModel[at] = (float) (model[at] + step);
          nextPublished[at] = (float) (published[at] + change.followed[i] + (step - learned));
        }
      }
      iterate.add(new Chain(name, nextModel, new float[0]));
      average.add(new Chain(name, nextPublished, new float[0]));
      moments.add(new Chain(name, nextMoment, new float[0]));
    }
    return new State(
        new TrainedParameters(new NetworkState(iterate, 0), new NetworkState(average, 0)),
        new NetworkState(moments, 0));
  }

  /** What the replicas changed from start to end, on the weighted mean. */
  private static final class MeanChange {
    private final List<ParameterReader> replicas;
    private final int[] weights;
    private final double total;
    private final ParameterBlock block = new ParameterBlock();

    /** Of the parameters, as of the last block. */
    private final double[] learned = new double[ParameterBlock.VALUES];

    /** Of their running average, likewise. */
    private final double[] followed = new double[ParameterBlock.VALUES];

    MeanChange(List<ParameterReader> replicas, int[] weights) {
      this.replicas = replicas;
      this.weights = weights;
      this.total = Arrays.stream(weights).sum();
    }

    void read(int count) {
      Arrays.fill(learned, 0, count, 0);
      Arrays.fill(followed, 0, count, 0);
      for (int s = 0; s < weights.length; s++) {
        replicas.get(s).read(block, count);
        add(weights[s], block.startIterate(), block.iterate(), learned, count);
        add(weights[s], block.startAverage(), block.average(), followed, count);
      }
      for (int i = 0; i < count; i++) {
        learned[i] /= total;
        followed[i] /= total;
      }
    }

    private static void add(int weight, float[] start, float[] end, double[] sum, int count) {
      for (int i = 0; i < count; i++) {
        sum[i] += weight * ((double) end[i] - start[i]);
      }
    }
  }
}
