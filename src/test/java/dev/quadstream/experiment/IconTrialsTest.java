package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IconTrialsTest {

  private static final long SEED = 3;

  private final PipelineOptions options = TestingOptions.read(Map.of());

  @ParameterizedTest
  @EnumSource
  void streamsConceptsThatAreNotHeldOutAndMeasuresWithThePartAskedFor(HeldOutPart part) {
    ConceptSplit split = ConceptSplit.of(IconCatalog.shared().concepts(), SEED);

    Trial trial = new IconTrials(IconCatalog.shared(), part).trial(300, SEED, options.reading());

    assertThat(trial.stream()).hasSize(300);
    assertThat(trial.stream()).extracting(LabeledImage::label).isSubsetOf(split.streamed());
    Measurement rawPixels = trial.heldOut().ofRawPixels();
    assertThat(rawPixels.found().keySet()).containsExactlyElementsOf(split.heldOut(part));
    assertThat(rawPixels.recallAt1()).isBetween(0.5, 0.85);
  }

  @Test
  void aLargerNetworkReadsTheSameDrawingsAndPixelsAreComparedAtTheirOwnSize() {
    PipelineOptions large =
        TestingOptions.read(
            Map.of("network.trunk", "MEDIUM", "image.height", "64", "image.width", "64"));
    Trial trial =
        new IconTrials(IconCatalog.shared(), HeldOutPart.VALIDATION)
            .trial(1, SEED, large.reading());

    assertThat(trial.stream().get(0).pixels().shape()).isEqualTo(large.loop().network().input());
    assertThat(trial.heldOut().ofRawPixels())
        .usingRecursiveComparison()
        .isEqualTo(
            new IconTrials(IconCatalog.shared(), HeldOutPart.VALIDATION)
                .trial(1, SEED, options.reading())
                .heldOut()
                .ofRawPixels());
    try (QuadrupletNetwork network = QuadrupletNetwork.create(large.loop().network())) {
      assertThat(trial.heldOut().of(network).recallAt1()).isBetween(0.3, 0.8);
    }
  }

  @Test
  void aTrialIsAFunctionOfItsSeed() {
    List<LabeledImage> stream =
        new IconTrials(IconCatalog.shared(), HeldOutPart.VALIDATION)
            .trial(50, SEED, options.reading()).stream();

    assertThat(
            new IconTrials(IconCatalog.shared(), HeldOutPart.VALIDATION)
                .trial(50, SEED, options.reading()).stream())
        .isEqualTo(stream);
    assertThat(
            new IconTrials(IconCatalog.shared(), HeldOutPart.VALIDATION)
                .trial(50, SEED + 1, options.reading()).stream())
        .isNotEqualTo(stream);
  }
}
