package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Training on from a restored state gives the bits of training without a stop. */
class ContinuationTest {

  @ParameterizedTest
  @CsvSource({
    "ADAM, LEARNED", "ADAM, EUCLIDEAN",
    "NESTEROVS, LEARNED", "NESTEROVS, EUCLIDEAN",
    "SGD, LEARNED", "SGD, EUCLIDEAN"
  })
  void threeStepsASnapshotAndThreeStepsEqualSixSteps(UpdaterKind updater, MetricKind metric) {
    NetworkSpec spec = TestingNetworks.spec(metric, updater);
    NetworkState snapshot;
    NetworkState uninterrupted;
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      trainSteps(network, 0, 3);
      snapshot = network.state();
      trainSteps(network, 3, 6);
      uninterrupted = network.state();
    }
    NetworkSpec otherSeed =
        new NetworkSpec(
            spec.trunk(), spec.input(), null, spec.embeddingSize(), metric, updater, 1e-3, 99);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(otherSeed)) {
      // A pass at another batch size first: memory left behind must not matter.
      network.forward(TestingNetworks.values(9, spec.input().size(), 1));
      network.restore(snapshot);
      trainSteps(network, 3, 6);
      assertThat(network.state()).isEqualTo(uninterrupted);
    }
    assertThat(uninterrupted.iteration()).isEqualTo(6);
    assertThat(uninterrupted).isNotEqualTo(snapshot);
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aStateIsACopy(MetricKind metric) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(TestingNetworks.spec(metric))) {
      NetworkState before = network.state();
      NetworkState same = network.state();
      assertThat(before).isEqualTo(same).hasSameHashCodeAs(same);
      trainSteps(network, 0, 1);
      assertThat(before).isEqualTo(same).isNotEqualTo(network.state());
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aStateOfTheOtherMetricIsRefused(MetricKind metric) {
    MetricKind other = metric == MetricKind.LEARNED ? MetricKind.EUCLIDEAN : MetricKind.LEARNED;
    try (QuadrupletNetwork network = QuadrupletNetwork.create(TestingNetworks.spec(metric));
        QuadrupletNetwork stranger = QuadrupletNetwork.create(TestingNetworks.spec(other))) {
      NetworkState before = network.state();
      NetworkState state = stranger.state();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.restore(state))
          .withMessageContaining("[trunk, head]");
      assertThat(network.state()).isEqualTo(before);
    }
  }

  /** They decay into denormal numbers, with which an update takes several times as long. */
  @Test
  void momentsFarTooSmallToMatterAreCleared() {
    NetworkSpec spec = TestingNetworks.spec(MetricKind.EUCLIDEAN);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      NetworkState fresh = network.state();
      float[] moments = new float[fresh.updater("trunk").length];
      Arrays.fill(moments, 1e-35f);
      network.restore(
          TestingNetworks.state(
              fresh.parameters("trunk"), moments, new float[0], new float[0], 64));
      trainSteps(network, 0, 1);

      float[] after = network.state().updater("trunk");
      assertThat(IntStream.range(0, after.length).filter(i -> after[i] == 0).count()).isPositive();
      assertThat(IntStream.range(0, after.length).mapToDouble(i -> Math.abs(after[i])))
          .allMatch(moment -> moment == 0 || moment > 1e-31);
    }
  }

  private static void trainSteps(QuadrupletNetwork network, int from, int to) {
    for (int step = from; step < to; step++) {
      int batch = 6 + step % 2;
      TestingNetworks.train(
          network, TestingNetworks.values(batch, network.spec().input().size(), step));
    }
  }
}
