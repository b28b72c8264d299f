package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageShape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AveragedParametersTest {

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void isExchangedWithWhatTheNetworkHas(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric, 1);
        AveragedParameters average = new AveragedParameters(network)) {
      double[] initial = TestingNetworks.parameters(network);
      double[] other = filled(initial.length, 0.25);
      TestingNetworks.setParameters(network, other);

      average.exchange();
      assertThat(TestingNetworks.parameters(network)).isEqualTo(initial);
      average.exchange();
      assertThat(TestingNetworks.parameters(network)).isEqualTo(other);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void movesByAShareOfTheWayAndByAllOfItToTheSameBits(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric, 1);
        AveragedParameters average = new AveragedParameters(network)) {
      double[] initial = TestingNetworks.parameters(network);
      TestingNetworks.setParameters(network, filled(initial.length, 1));
      average.approach(0.25);
      assertThat(TestingNetworks.parameters(network)).containsOnly(1);

      average.exchange();
      double[] quarter = Arrays.stream(initial).map(value -> 0.75 * value + 0.25).toArray();
      assertThat(TestingNetworks.parameters(network)).containsExactly(quarter, within(1e-6));
      average.approach(1);
      assertThat(average.state()).isEqualTo(network.parametersAlone());
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void isRestoredFromItsState(MetricKind metric) {
    try (QuadrupletNetwork network = network(metric, 1);
        QuadrupletNetwork other = network(metric, 2);
        AveragedParameters average = new AveragedParameters(network);
        AveragedParameters restored = new AveragedParameters(other)) {
      restored.restore(average.state());
      assertThat(restored.state()).isEqualTo(average.state());
      assertThat(other.parametersAlone()).isNotEqualTo(average.state());
      restored.exchange();
      assertThat(other.parametersAlone()).isEqualTo(average.state());
    }
  }

  @Test
  void aStateOfAnotherNetworkIsRefused() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN, 1);
        AveragedParameters average = new AveragedParameters(network)) {
      NetworkState tooShort =
          TestingNetworks.state(new float[3], new float[0], new float[0], new float[0], 0);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> average.restore(tooShort))
          .withMessageContaining("3 values of trunk parameters");
    }
  }

  @Test
  void aStepUnderWayIsGivenUp() {
    try (QuadrupletNetwork network = network(MetricKind.EUCLIDEAN, 1);
        AveragedParameters average = new AveragedParameters(network)) {
      network.forward(new float[2][network.spec().input().size()]);
      network.pairForward(new int[] {0}, new int[] {1});
      average.exchange();
      assertThatIllegalStateException().isThrownBy(() -> network.backward(new double[] {1}));
      assertThatIllegalStateException().isThrownBy(() -> network.auxiliaryLoss(1, 1));
    }
  }

  private static double[] filled(int length, double value) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return values;
  }

  private static QuadrupletNetwork network(MetricKind metric, long seed) {
    return QuadrupletNetwork.create(
        new NetworkSpec(
            TrunkKind.SMALL,
            new ImageShape(1, 28, 28),
            null,
            8,
            metric,
            UpdaterKind.ADAM,
            1e-3,
            seed));
  }
}
