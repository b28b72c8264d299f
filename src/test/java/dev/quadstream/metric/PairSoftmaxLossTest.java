package dev.quadstream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairSoftmaxLossTest {

  @Test
  void weighsTheTwoAnswersAlike() {
    PairSoftmaxLoss.Result result = new PairSoftmaxLoss(1).of(new double[] {0.25, 0.5, 0.5}, 1);

    // Same: −ln 0.75, weight ½. Different: −ln 0.5 twice, weight ¼ each.
    assertThat(result.loss()).isCloseTo(-0.5 * Math.log(0.75) - 0.5 * Math.log(0.5), within(1e-12));
  }

  @Test
  void agreesWithFiniteDifferencesInTheLogit() {
    double[] logits = {-1.2, 0.4, 2.1, -0.3};
    double[] gradients = loss(logits).logitGradients();
    double step = 1e-6;
    for (int pair = 0; pair < logits.length; pair++) {
      double original = logits[pair];
      logits[pair] = original + step;
      double above = loss(logits).loss();
      logits[pair] = original - step;
      double below = loss(logits).loss();
      logits[pair] = original;
      assertThat(gradients[pair]).isCloseTo((above - below) / (2 * step), within(1e-8));
    }
  }

  @Test
  void pushesSamePairsTowardsZeroAndDifferentOnesTowardsOne() {
    double[] gradients = loss(new double[] {0, 0, 0, 0}).logitGradients();

    assertThat(gradients[0]).isPositive();
    assertThat(gradients[3]).isNegative();
  }

  @Test
  void staysFiniteWhereTheAnswerIsWrongForSure() {
    PairSoftmaxLoss.Result result = new PairSoftmaxLoss(1).of(new double[] {1, 0}, 1);

    assertThat(result.loss()).isFinite().isPositive();
    assertThat(result.logitGradients()).containsExactly(0.5, -0.5);
  }

  @Test
  void isOffAtWeightZero() {
    PairSoftmaxLoss.Result result = new PairSoftmaxLoss(0).of(new double[] {0.5, 0.5}, 1);

    assertThat(result.loss()).isZero();
    assertThat(result.logitGradients()).containsOnly(0);
    assertThatThrownBy(() -> new PairSoftmaxLoss(-1)).hasMessageContaining("-1");
  }

  private static PairSoftmaxLoss.Result loss(double[] logits) {
    double[] distances = new double[logits.length];
    for (int pair = 0; pair < logits.length; pair++) {
      distances[pair] = 1 / (1 + Math.exp(-logits[pair]));
    }
    return new PairSoftmaxLoss(0.7).of(distances, 2);
  }
}
