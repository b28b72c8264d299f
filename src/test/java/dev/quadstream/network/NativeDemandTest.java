package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.environment.NativeLibraries;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The formula against what ND4J counts. */
class NativeDemandTest {

  private static final int IMAGES = 64;

  static Stream<NetworkSpec> specs() {
    return Stream.concat(
        Arrays.stream(UpdaterKind.values()).map(NativeDemandTest::spec),
        Stream.of(
            spec(TrunkKind.RESIDUAL, MetricKind.LEARNED, UpdaterKind.ADAM),
            spec(TrunkKind.RESIDUAL, MetricKind.EARLY, UpdaterKind.ADAM)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void aTrainingStepKeepsWhatTheFormulaSays(NetworkSpec spec) {
    long before = settledBytes();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec);
        AveragedParameters average = new AveragedParameters(network)) {
      assertThat(average.state()).isEqualTo(network.parametersAlone());
      network.forward(new float[IMAGES][spec.input().size()]);
      network.pairForward(new int[] {0, 1}, new int[] {1, 2});
      network.auxiliaryLoss(1, 0);
      network.backward(new double[2]);
      network.update(1);
      long kept = NativeLibraries.arrayBytes() - before;
      long demand = NativeDemand.of(spec).trainingBytes(IMAGES, 2);

      assertThat(kept).isBetween((long) (0.95 * demand), (long) (1.05 * demand));
      assertThat(NativeDemand.of(spec).parameters()).isEqualTo(network.parameterCount());
    }
  }

  @Test
  void thePairsOfABatchKeepNoMoreThanTheFormulaSays() {
    int pairs = 100_000;
    NetworkSpec spec = spec(UpdaterKind.ADAM);
    int[] left = new int[pairs];
    int[] right = new int[pairs];
    Arrays.fill(right, 1);
    long before = settledBytes();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      network.forward(new float[2][spec.input().size()]);
      network.pairForward(left, right);
      network.backward(new double[pairs]);
      long kept = NativeLibraries.arrayBytes() - before;
      long ofPairs =
          NativeDemand.of(spec).trainingBytes(2, pairs) - NativeDemand.of(spec).trainingBytes(2, 0);

      assertThat(kept).isBetween((long) (0.7 * ofPairs), (long) (1.1 * ofPairs));
    }
  }

  @Test
  void anEmbeddingKeepsWhatTheFormulaSays() {
    NetworkSpec spec = spec(UpdaterKind.ADAM);
    long before = settledBytes();
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      network.embed(Collections.nCopies(IMAGES, image(spec.input())));
      long kept = NativeLibraries.arrayBytes() - before;

      assertThat(kept)
          .isBetween(
              (long) (0.95 * NativeDemand.of(spec).embeddingBytes(IMAGES)),
              (long) (1.05 * NativeDemand.of(spec).embeddingBytes(IMAGES)));
    }
  }

  @Test
  void pastTheLargestPassMoreImagesTakeNoMore() {
    NativeDemand demand = NativeDemand.of(spec(UpdaterKind.ADAM));

    assertThat(demand.embeddingBytes(1000)).isEqualTo(demand.embeddingBytes(128));
  }

  /** What is left when the arrays that other tests have left behind are gone. */
  private static long settledBytes() {
    AtomicLong last = new AtomicLong(-1);
    AtomicInteger alike = new AtomicInteger();
    Awaitility.await("arrays of other tests to be collected")
        .pollInterval(Duration.ofMillis(150))
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              System.gc();
              long now = NativeLibraries.arrayBytes();
              // Several times, since they are freed by a thread that may have to wait.
              alike.set(last.getAndSet(now) == now ? alike.get() + 1 : 0);
              return alike.get() >= 3;
            });
    return last.get();
  }

  private static PixelImage image(ImageShape shape) {
    return new PixelImage(shape, new byte[shape.size()]);
  }

  private static NetworkSpec spec(UpdaterKind updater) {
    return spec(TrunkKind.SMALL, MetricKind.LEARNED, updater);
  }

  private static NetworkSpec spec(TrunkKind trunk, MetricKind metric, UpdaterKind updater) {
    return new NetworkSpec(trunk, new ImageShape(1, 32, 32), null, 64, metric, updater, 1e-3, 1);
  }
}
