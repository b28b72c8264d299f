package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class IconTrialsTest {

  private static final long SEED = 3;

  private final PipelineSettings settings = PipelineSettings.of(Configuration.fromMap(Map.of()));

  @Test
  void streamsConceptsThatAreNotHeldOutAndMeasuresWithAllOthers() {
    ConceptSplit split = ConceptSplit.halves(IconCatalog.shared().concepts(), SEED);

    Trial trial = new IconTrials().trial(300, SEED, settings);

    assertThat(trial.stream()).hasSize(300);
    assertThat(trial.stream()).extracting(LabeledImage::label).isSubsetOf(split.streamed());
    Measurement rawPixels = trial.heldOut().ofRawPixels();
    assertThat(rawPixels.found()).hasNumberOfRows(split.heldOut().size());
    assertThat(rawPixels.recallAt1()).isBetween(0.5, 0.8);
  }

  @Test
  void aLargerNetworkReadsTheSameDrawingsAndPixelsAreComparedAtTheirOwnSize() {
    PipelineSettings large =
        PipelineSettings.of(
            Configuration.fromMap(
                Map.of(
                    "network.trunk", "MEDIUM",
                    "image.height", "64",
                    "image.width", "64")));
    Trial trial = new IconTrials().trial(1, SEED, large);

    assertThat(trial.stream().get(0).image().shape()).isEqualTo(large.shape());
    assertThat(trial.heldOut().ofRawPixels())
        .usingRecursiveComparison()
        .isEqualTo(new IconTrials().trial(1, SEED, settings).heldOut().ofRawPixels());
    try (QuadrupletNetwork network = QuadrupletNetwork.create(large.network())) {
      assertThat(trial.heldOut().of(network).recallAt1()).isBetween(0.3, 0.8);
    }
  }

  @Test
  void aTrialIsAFunctionOfItsSeed() {
    List<LabeledImage> stream = new IconTrials().trial(50, SEED, settings).stream();

    assertThat(new IconTrials().trial(50, SEED, settings).stream()).isEqualTo(stream);
    assertThat(new IconTrials().trial(50, SEED + 1, settings).stream()).isNotEqualTo(stream);
  }
}
