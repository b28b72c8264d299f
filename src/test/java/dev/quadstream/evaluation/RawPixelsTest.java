package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawPixelsTest {

  @Test
  void scalesUnsignedBytesToOne() {
    byte[] pixels = new byte[64];
    pixels[1] = 51;
    pixels[2] = (byte) 255;

    float[][] vectors = RawPixels.of(List.of(new PixelImage(new ImageShape(1, 8, 8), pixels)));

    assertThat(vectors).hasNumberOfRows(1);
    assertThat(vectors[0]).hasSize(64).startsWith(0f, 0.2f, 1f, 0f);
  }

  @Test
  void imagesOfDifferentShapesAreRefused() {
    PixelImage small = new PixelImage(new ImageShape(1, 8, 8), new byte[64]);
    PixelImage large = new PixelImage(new ImageShape(1, 8, 9), new byte[72]);

    assertThatThrownBy(() -> RawPixels.of(List.of(small, large)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Image 1 is 1x8x9 but image 0 is 1x8x8");
  }
}
