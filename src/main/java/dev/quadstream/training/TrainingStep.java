package dev.quadstream.training;

import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.Quadruplet;
import dev.quadstream.metric.QuadrupletLoss;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.Arrays;
import java.util.List;

/**
 * The loss of one batch and its gradient through head and trunk: Eq. 3 from quadruplets of embedded
 * images down to the parameters.
 *
 * <p>Every distinct image has gone through the network once; a pair names its images by row, and
 * the gradients of all the roles of an image are added up before the one backward pass.
 */
public final class TrainingStep {

  private final QuadrupletLoss loss;
  private final double auxiliaryWeight;

  /**
   * A step of the given loss.
   *
   * @param loss triplet or quadruplet
   * @param auxiliaryWeight weight of the pair metric's own loss, 0 or more; without effect for a
   *     metric that has none
   */
  public TrainingStep(QuadrupletLoss loss, double auxiliaryWeight) {
    this.loss = loss;
    this.auxiliaryWeight = auxiliaryWeight;
  }

  /**
   * The loss of one batch.
   *
   * @param quadruplet both hinge terms
   * @param pairSoftmax the weighted pair softmax loss, or what other loss the pair metric has
   * @param distances g(i,j) of every quadruplet, then g(i,k) of every quadruplet, then, unless the
   *     loss is the triplet's, g(l,k)
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  public record Result(QuadrupletLoss.Result quadruplet, double pairSoftmax, double[] distances) {

    /** All terms together: what is minimised. */
    public double total() {
      return quadruplet.loss() + pairSoftmax;
    }
  }

  /**
   * Computes the loss and leaves its gradient in the network, ready for {@code update}.
   *
   * @param network has just embedded the batch by {@code forward}
   * @param quadruplets rows of that batch; at least one
   * @param margins constants: no gradient flows through them
   */
  public Result run(QuadrupletNetwork network, List<Quadruplet> quadruplets, Margins margins) {
    return run(network, quadruplets, margins, new StageTimes());
  }

  Result run(
      QuadrupletNetwork network, List<Quadruplet> quadruplets, Margins margins, StageTimes times) {
    int count = quadruplets.size();
    int kinds = loss.form() == LossForm.TRIPLET ? 2 : 3;
    int[] left = new int[kinds * count];
    int[] right = new int[kinds * count];
    for (int q = 0; q < count; q++) {
      Quadruplet quadruplet = quadruplets.get(q);
      left[q] = quadruplet.anchor();
      right[q] = quadruplet.positive();
      left[count + q] = quadruplet.anchor();
      right[count + q] = quadruplet.negative();
      if (kinds == 3) {
        left[2 * count + q] = quadruplet.secondNegative();
        right[2 * count + q] = quadruplet.negative();
      }
    }
    double[] distances = network.pairForward(left, right);
    QuadrupletLoss.Result hinges =
        loss.of(
            Arrays.copyOfRange(distances, 0, count),
            Arrays.copyOfRange(distances, count, 2 * count),
            kinds == 3 ? Arrays.copyOfRange(distances, 2 * count, 3 * count) : new double[count],
            margins);
    double[] gradients = new double[distances.length];
    System.arraycopy(hinges.anchorPositiveGradient(), 0, gradients, 0, count);
    System.arraycopy(hinges.anchorNegativeGradient(), 0, gradients, count, count);
    if (kinds == 3) {
      System.arraycopy(hinges.secondNegativeGradient(), 0, gradients, 2 * count, count);
    }
    double auxiliary = network.auxiliaryLoss(count, auxiliaryWeight);
    times.add("loss");
    network.backward(gradients);
    times.add("backward");
    return new Result(hinges, auxiliary, distances);
  }
}
