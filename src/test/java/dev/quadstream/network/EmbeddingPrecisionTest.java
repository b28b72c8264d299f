package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.environment.NativeThreads;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the processor has no bfloat16, all of this holds of the refusal. */
class EmbeddingPrecisionTest {

  private static final int CORES = NativeThreads.count();
  private static final int IMAGES = 21;

  @AfterEach
  void restore() {
    NativeThreads.limit(CORES);
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 1, 32", "SMALL, 3, 28", "MEDIUM, 3, 64"})
  void bfloat16EmbedsNearlyTheSameAndTheSameBitsInAnyNumberOfThreads(
      TrunkKind trunk, int channels, int side) {
    NetworkSpec spec = spec(trunk, channels, side);
    List<PixelImage> images = TestingNetworks.images(IMAGES, spec.input(), 4);
    if (isRefused(spec)) {
      return;
    }
    try (QuadrupletNetwork single = QuadrupletNetwork.create(spec);
        QuadrupletNetwork half = QuadrupletNetwork.create(spec, EmbeddingPrecision.BFLOAT16)) {
      float[][] expected = single.embed(images);
      NativeThreads.limit(1);
      float[][] alone = half.embed(images);

      for (int image = 0; image < IMAGES; image++) {
        double cosine = 0;
        for (int i = 0; i < alone[image].length; i++) {
          cosine += alone[image][i] * (double) expected[image][i];
        }
        assertThat(cosine).as("image %d", image).isBetween(0.9995, 1.00001);
      }
      assertThat(Arrays.deepEquals(alone, expected)).isFalse();
      for (int threads : new int[] {2, 3, 8}) {
        NativeThreads.limit(threads);
        assertThat(half.embed(images)).as("%d threads", threads).isDeepEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @CsvSource("SMALL, 1, 28")
  void whatEmbedsInBfloat16IsNotTrained(TrunkKind trunk, int channels, int side) {
    NetworkSpec spec = spec(trunk, channels, side);
    if (isRefused(spec)) {
      return;
    }
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec, EmbeddingPrecision.BFLOAT16)) {
      network.forward(
          TestingNetworks.images(2, spec.input(), 4).stream()
              .map(PixelImage::values)
              .toArray(float[][]::new));
      network.pairForward(new int[] {0}, new int[] {1});

      assertThatThrownBy(() -> network.backward(new double[] {1}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("bfloat16");
    }
  }

  private static boolean isRefused(NetworkSpec spec) {
    try {
      EmbeddingPrecision.BFLOAT16.requireAvailable();
      return false;
    } catch (UnsupportedOperationException e) {
      assertThatThrownBy(() -> QuadrupletNetwork.create(spec, EmbeddingPrecision.BFLOAT16))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("bfloat16");
      return true;
    }
  }

  private static NetworkSpec spec(TrunkKind trunk, int channels, int side) {
    return new NetworkSpec(
        trunk,
        new ImageShape(channels, side, side),
        null,
        16,
        MetricKind.LEARNED,
        UpdaterKind.ADAM,
        0.01,
        3);
  }
}
