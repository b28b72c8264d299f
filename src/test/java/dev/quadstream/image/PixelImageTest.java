package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PixelImageTest {

  private static final ImageShape COLOUR = new ImageShape(3, 8, 8);

  @Test
  void anImageIsOfOneColourIfEachChannelIsOfOneValue() {
    byte[] pixels = new byte[COLOUR.size()];
    Arrays.fill(pixels, 64, 128, (byte) 200);
    assertThat(new PixelImage(COLOUR, pixels).isOfOneColour()).isTrue();

    pixels[191] = 1;
    assertThat(new PixelImage(COLOUR, pixels).isOfOneColour()).isFalse();
  }
}
