package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroundTest {

  private static final ImageShape COLOUR = new ImageShape(3, 16, 16);
  private static final ImageShape GREY = new ImageShape(1, 16, 16);

  @Test
  void whatIsTransparentShowsTheGround() throws Exception {
    Ground ground = Ground.parse("#204060");
    BufferedImage clear = TestingImages.filled(BufferedImage.TYPE_INT_ARGB, 16, 16, 0);
    List<byte[]> files =
        List.of(
            TestingImages.encode(clear, "png"),
            TestingWebp.encode(clear),
            clearGreyPng(),
            colourKeyPng(TestingPng.RGB),
            colourKeyPng(TestingPng.GREY));

    for (byte[] file : files) {
      PixelImage colour = decoder(COLOUR, ground).decode(file);
      assertThat(List.of(colour.valueAt(0), colour.valueAt(256), colour.valueAt(512)))
          .containsExactly(0x20, 0x40, 0x60);
      // 0.299 * 32 + 0.587 * 64 + 0.114 * 96
      assertThat(decoder(GREY, ground).decode(file).pixels()).containsOnly(58);
    }
  }

  @Test
  void halfOfThePictureAndHalfOfTheGroundAreSeen() throws Exception {
    byte[] red =
        TestingImages.encode(
            TestingImages.filled(BufferedImage.TYPE_INT_ARGB, 16, 16, 0x80FF0000), "png");
    byte[] white =
        TestingPng.header(16, 16, 8, TestingPng.GREY_ALPHA).pixels(pairs(0xFF, 0x80), 32);

    assertThat(decoder(COLOUR, Ground.parse("black")).decode(red).valueAt(0)).isEqualTo(128);
    assertThat(decoder(GREY, Ground.parse("black")).decode(white).pixels())
        .containsOnly((byte) 128);
    assertThat(decoder(GREY, Ground.WHITE).decode(white).pixels()).containsOnly((byte) 255);
  }

  /** Associated alpha: the colours are stored as they are seen over black. */
  @Test
  void associatedAlphaIsNotAppliedTwice() throws Exception {
    byte[] samples = new byte[16 * 16 * 4];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) List.of(100, 50, 0, 128).get(i % 4).intValue();
    }
    TestingTiff tiff = TestingTiff.of(ByteOrder.LITTLE_ENDIAN).picture(16, 16, 2, 4, 8, samples);
    byte[] associated = tiff.with(TiffFields.EXTRA_SAMPLES, TestingTiff.SHORT, 1).encode();
    byte[] unassociated = tiff.with(TiffFields.EXTRA_SAMPLES, TestingTiff.SHORT, 2).encode();

    PixelImage seen = decoder(COLOUR, Ground.parse("black")).decode(associated);
    assertThat(List.of(seen.valueAt(0), seen.valueAt(256), seen.valueAt(512)))
        .containsExactly(100, 50, 0);
    PixelImage halved = decoder(COLOUR, Ground.parse("black")).decode(unassociated);
    assertThat(List.of(halved.valueAt(0), halved.valueAt(256), halved.valueAt(512)))
        .containsExactly(50, 25, 0);
  }

  @Test
  void coloursAreReadByNameOrNumber() {
    assertThat(Map.of("white", 0xFFFFFF, "Black", 0, "grey", 0x808080, "#C0FFEE", 0xC0FFEE))
        .allSatisfy((text, rgb) -> assertThat(Ground.parse(text).rgb()).isEqualTo(rgb));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "red", "#fff", "0xffffff", "#gggggg"})
  void everythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Ground.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("#c0ffee");
  }

  private static ImageDecoder decoder(ImageShape shape, Ground ground) {
    return new ImageDecoder(shape, ImageLimits.defaults(), ground);
  }

  private static byte[] clearGreyPng() {
    return TestingPng.header(16, 16, 8, TestingPng.GREY_ALPHA).pixels(pairs(0x10, 0), 32);
  }

  /** All of one colour, which is declared transparent. */
  private static byte[] colourKeyPng(int type) {
    boolean grey = type == TestingPng.GREY;
    byte[] samples = new byte[16 * 16 * (grey ? 1 : 3)];
    Arrays.fill(samples, (byte) 0x33);
    byte[] key = grey ? new byte[] {0, 0x33} : new byte[] {0, 0x33, 0, 0x33, 0, 0x33};
    return TestingPng.header(16, 16, 8, type).chunk("tRNS", key).pixels(samples, grey ? 16 : 48);
  }

  private static byte[] pairs(int level, int alpha) {
    byte[] samples = new byte[16 * 16 * 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i % 2 == 0 ? level : alpha);
    }
    return samples;
  }
}
