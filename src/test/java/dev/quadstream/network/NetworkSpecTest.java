package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quadstream.TestingLocale;
import dev.quadstream.image.ImageShape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkSpecTest {

  @ParameterizedTest
  @CsvSource({
    "SMALL, 27, 28",
    "SMALL, 28, 33",
    "MEDIUM, 63, 64",
    "MEDIUM, 128, 129",
    "ALEXNET, 226, 227",
    "RESIDUAL, 27, 28",
    "RESIDUAL, 128, 129"
  })
  void aTrunkRefusesSizesThatItDoesNotRead(TrunkKind trunk, int height, int width) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(trunk, new ImageShape(3, height, width), 64, 1e-3))
        .withMessageContaining(trunk.optionName())
        .withMessageContaining(height + "×" + width);
  }

  @Test
  void aRefusalNamesTheTrunkThatReadsTheSize() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(TrunkKind.SMALL, new ImageShape(1, 64, 64), 64, 1e-3))
        .withMessage(
            "The small trunk reads images of 28 to 32 pixels a side, not 64×64 (height×width)."
                + " Choose the medium trunk, or another input size.");
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 28, 32", "MEDIUM, 64, 128", "RESIDUAL, 28, 128", "ALEXNET, 227, 227"})
  void aTrunkReadsTheSizesOfItsRange(TrunkKind trunk, int height, int width) {
    ImageShape input = new ImageShape(3, height, width);
    assertThat(spec(trunk, input, 64, 1e-3).input()).isEqualTo(input);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 10.5, Double.NaN, Double.POSITIVE_INFINITY})
  void aLearningRateOutOfRangeIsRefused(double learningRate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(TrunkKind.SMALL, new ImageShape(1, 28, 28), 64, learningRate))
        .withMessageContaining("learning rate");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 1025})
  void anEmbeddingSizeOutOfRangeIsRefused(int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(TrunkKind.SMALL, new ImageShape(1, 28, 28), size, 1e-3))
        .withMessageContaining("embedding size");
  }

  @Test
  void theConfigHashIsTheSameInEveryRelease() {
    assertThat(spec(TrunkKind.SMALL, new ImageShape(1, 32, 32), 64, 1e-3).configHash())
        .isEqualTo("beff7a1598c47098e1ba002d71e48ffc83513ff037a2aabd817c1d4736ed68e8");
  }

  @Test
  void theConfigHashIsTheSameForUsersOfOtherDigits() {
    NetworkSpec spec = spec(TrunkKind.SMALL, new ImageShape(1, 32, 32), 64, 1e-3);
    String hash = spec.configHash();

    try (TestingLocale persian = TestingLocale.persian()) {
      assertThat(spec.configHash()).isEqualTo(hash);
    }
  }

  @Test
  void theConfigHashIsAboutTheParametersMeaningAlone() {
    NetworkSpec spec = spec(TrunkKind.SMALL, new ImageShape(1, 32, 32), 64, 1e-3);
    NetworkSpec otherTraining =
        new NetworkSpec(
            TrunkKind.SMALL, spec.input(), null, 64, spec.metric(), UpdaterKind.SGD, 0.5, 99);
    assertThat(otherTraining.configHash()).isEqualTo(spec.configHash());
    assertThat(spec(TrunkKind.SMALL, new ImageShape(3, 32, 32), 64, 1e-3).configHash())
        .isNotEqualTo(spec.configHash());
    assertThat(spec(TrunkKind.SMALL, new ImageShape(1, 32, 32), 65, 1e-3).configHash())
        .isNotEqualTo(spec.configHash());
  }

  @Test
  void theConfigHashIsOfOneBackboneFedInOneWay() {
    NetworkSpec spec = TestingNetworks.adapter(MetricKind.LEARNED, 24);
    BackboneSpec backbone = spec.backbone();

    assertThat(
            Stream.of(
                    spec,
                    behind(new BackboneSpec("cd".repeat(32), 24, backbone.feeding())),
                    behind(new BackboneSpec(backbone.sha256(), 25, backbone.feeding())),
                    behind(new BackboneSpec(backbone.sha256(), 24, "otherwise")))
                .map(NetworkSpec::configHash))
        .doesNotHaveDuplicates();
  }

  @Test
  void theAdapterAndABackboneGoTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(TrunkKind.ADAPTER, new ImageShape(3, 224, 224), 64, 1e-3))
        .withMessageContaining("network.backbone");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new NetworkSpec(
                    TrunkKind.SMALL,
                    new ImageShape(1, 32, 32),
                    TestingNetworks.adapter(MetricKind.LEARNED, 24).backbone(),
                    64,
                    MetricKind.LEARNED,
                    UpdaterKind.ADAM,
                    1e-3,
                    1))
        .withMessageContainingAll("small trunk", "adapter");
  }

  private static NetworkSpec behind(BackboneSpec backbone) {
    NetworkSpec spec = TestingNetworks.adapter(MetricKind.LEARNED, 24);
    return new NetworkSpec(
        spec.trunk(),
        spec.input(),
        backbone,
        spec.embeddingSize(),
        spec.metric(),
        spec.updater(),
        spec.learningRate(),
        spec.seed());
  }

  private static NetworkSpec spec(
      TrunkKind trunk, ImageShape input, int embeddingSize, double learningRate) {
    return new NetworkSpec(
        trunk, input, null, embeddingSize, MetricKind.LEARNED, UpdaterKind.ADAM, learningRate, 1);
  }
}
