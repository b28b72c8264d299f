package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IconTrialsTest {

  private static final long SEED = 3;

  private final PipelineOptions options = TestingOptions.read(Map.of());

  @Test
  void streamsConceptsThatAreNotHeldOutAndMeasuresWithAllOthers() {
    ConceptSplit split = ConceptSplit.halves(IconCatalog.shared().concepts(), SEED);

    Trial trial = new IconTrials().trial(300, SEED, options.reading());

    assertThat(trial.stream()).hasSize(300);
    assertThat(trial.stream()).extracting(LabeledImage::label).isSubsetOf(split.streamed());
    Measurement rawPixels = trial.heldOut().ofRawPixels();
    assertThat(rawPixels.found()).hasNumberOfRows(split.heldOut().size());
    assertThat(rawPixels.recallAt1()).isBetween(0.5, 0.8);
  }

  @Test
  void aLargerNetworkReadsTheSameDrawingsAndPixelsAreComparedAtTheirOwnSize() {
    PipelineOptions large =
        TestingOptions.read(
            Map.of("network.trunk", "MEDIUM", "image.height", "64", "image.width", "64"));
    Trial trial = new IconTrials().trial(1, SEED, large.reading());

    assertThat(trial.stream().get(0).image().shape()).isEqualTo(large.loop().network().input());
    assertThat(trial.heldOut().ofRawPixels())
        .usingRecursiveComparison()
        .isEqualTo(new IconTrials().trial(1, SEED, options.reading()).heldOut().ofRawPixels());
    try (QuadrupletNetwork network = QuadrupletNetwork.create(large.loop().network())) {
      assertThat(trial.heldOut().of(network).recallAt1()).isBetween(0.3, 0.8);
    }
  }

  @Test
  void aTrialIsAFunctionOfItsSeed() {
    List<LabeledImage> stream = new IconTrials().trial(50, SEED, options.reading()).stream();

    assertThat(new IconTrials().trial(50, SEED, options.reading()).stream()).isEqualTo(stream);
    assertThat(new IconTrials().trial(50, SEED + 1, options.reading()).stream())
        .isNotEqualTo(stream);
  }
}
