package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.Quadruplet;
import java.util.List;
import org.junit.jupiter.api.Test;

class HardestQuadrupletsTest {

  private static final Margins MARGINS = new Margins(0.5, 0.25);
  private static final List<LabeledImage> IMAGES =
      List.of(image("a1", "a"), image("a2", "a"), image("b1", "b"), image("c1", "c"));
  private static final Quadruplet OF_A1 = new Quadruplet(0, 1, 2, 3);
  private static final Quadruplet OF_A2 = new Quadruplet(1, 0, 3, 2);

  @Test
  void theWorstViolationComesFirstWithItsIdsLabelsAndDistances() {
    // g(i,j) of both, g(i,k) of both, g(l,k) of both.
    double[] distances = {0.2, 0.6, 0.9, 0.4, 0.9, 0.8};

    List<HardQuadruplet> hardest =
        HardestQuadruplets.of(IMAGES, List.of(OF_A1, OF_A2), distances, MARGINS, 3);

    assertThat(hardest).hasSize(1);
    HardQuadruplet worst = hardest.get(0);
    assertThat(worst.images().anchor()).isEqualTo("a2");
    assertThat(worst.images().positive()).isEqualTo("a1");
    assertThat(worst.images().negative()).isEqualTo("c1");
    assertThat(worst.images().secondNegative()).isEqualTo("b1");
    assertThat(
            List.of(
                worst.labels().label(),
                worst.labels().negativeLabel(),
                worst.labels().secondNegativeLabel()))
        .containsExactly("a", "c", "b");
    assertThat(worst.distances().positiveDistance()).isEqualTo(0.6);
    assertThat(worst.distances().negativeDistance()).isEqualTo(0.4);
    assertThat(worst.distances().secondNegativeDistance()).isEqualTo(0.8);
    // 0.36 − 0.16 + 0.5, and 0.36 − 0.64 + 0.25 which is below 0.
    assertThat(worst.violation()).isCloseTo(0.7, within(1e-12));
  }

  @Test
  void anAnchorIsListedOnceWithItsWorstQuadruplet() {
    double[] distances = {0.6, 0.7, 0.4, 0.4, 0.4, 0.4};

    List<HardQuadruplet> hardest =
        HardestQuadruplets.of(IMAGES, List.of(OF_A1, OF_A1), distances, MARGINS, 3);

    assertThat(hardest)
        .extracting(hard -> hard.distances().positiveDistance())
        .containsExactly(0.7);
  }

  @Test
  void theTripletLossHasNoSecondNegativeDistance() {
    double[] distances = {0.6, 0.4};

    List<HardQuadruplet> hardest =
        HardestQuadruplets.of(IMAGES, List.of(Quadruplet.triplet(0, 1, 2)), distances, MARGINS, 3);

    assertThat(hardest.get(0).distances().secondNegativeDistance()).isNull();
    assertThat(hardest.get(0).violation()).isCloseTo(0.7, within(1e-12));
  }

  @Test
  void noMoreAreListedThanAskedFor() {
    double[] distances = {0.6, 0.6, 0.4, 0.3, 0.4, 0.4};

    assertThat(HardestQuadruplets.of(IMAGES, List.of(OF_A1, OF_A2), distances, MARGINS, 1))
        .extracting(hard -> hard.images().anchor())
        .containsExactly("a2");
  }

  private static LabeledImage image(String id, String label) {
    return new LabeledImage(id, label, 0, new PixelImage(new ImageShape(1, 8, 8), new byte[64]));
  }
}
