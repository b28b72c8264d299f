package dev.quadstream.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Networks that others trained and exported from another framework: the three of PP-OCR (Apache
 * License 2.0), which {@code .ci/run} fetches. Their inputs are of any size, batch and length.
 */
@EnabledIfSystemProperty(
    named = PublicNetworksTest.DIRECTORY,
    matches = ".+",
    disabledReason = "System property " + PublicNetworksTest.DIRECTORY + " names no directory")
class PublicNetworksTest {

  static final String DIRECTORY = "public.networks";

  @Test
  void aClassifierMakesAVectorOfAnyImage() throws Exception {
    try (OnnxBackbone backbone = load("ch_ppocr_mobile_v2.0_cls_infer.onnx")) {
      assertThat(backbone.input()).isEqualTo(new ImageShape(3, 224, 224));
      assertThat(backbone.spec().features()).isEqualTo(2);

      BackboneFeatures noise = backbone.features(image(backbone.input(), 1));
      assertThat(backbone.features(image(backbone.input(), 1))).isEqualTo(noise);
      assertThat(backbone.features(image(backbone.input(), 2))).isNotEqualTo(noise);
      // Two probabilities, scaled to a mean square of 1.
      float[] values = noise.values();
      assertThat(values[0]).isPositive();
      assertThat(values[1]).isPositive();
      assertThat(values[0] * values[0] + values[1] * values[1]).isCloseTo(2, within(1e-4f));
    }
  }

  @Test
  void aDetectorsMapAndARecognisersLettersAreRefusedWithWhatToDo() {
    assertThatThrownBy(() -> load("ch_PP-OCRv4_det_infer.onnx"))
        .isInstanceOf(BackboneException.class)
        .hasMessageContainingAll("[1×1×224×224]", "features are a vector", "with its pooling");
    assertThatThrownBy(() -> load("ch_PP-OCRv4_rec_infer.onnx"))
        .isInstanceOf(BackboneException.class)
        .hasMessageContainingAll("[1×28×6625]", "features are a vector", "with its pooling");
  }

  private static OnnxBackbone load(String name) throws IOException {
    Path file = Path.of(System.getProperty(DIRECTORY), name);
    return OnnxBackbone.load(name, Files.readAllBytes(file), BackboneOptions.usual());
  }

  private static PixelImage image(ImageShape shape, long seed) {
    byte[] pixels = new byte[shape.size()];
    new Random(seed).nextBytes(pixels);
    return new PixelImage(shape, pixels);
  }
}
