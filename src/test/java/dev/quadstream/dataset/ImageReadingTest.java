package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.Ground;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.json.PrintableText;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageReadingTest {

  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);

  private final ImageReading reading =
      new ImageReading(new ImageDecoder(SHAPE, ImageLimits.defaults(), new Ground(0)));

  @Test
  void whatIsReadWithoutTroubleIsNotTalkedAbout() {
    byte[] pixels = new byte[SHAPE.size()];
    pixels[9] = 77;

    Optional<LabeledImage> image = reading.read(png(pixels));

    assertThat(image.orElseThrow().image()).isEqualTo(new PixelImage(SHAPE, pixels));
    assertThat(reading.warning()).isEmpty();
  }

  @Test
  void imagesOfOneColourAreReadAndCounted() throws IOException {
    ByteArrayOutputStream clear = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB), "png", clear);

    assertThat(reading.read(png(new byte[SHAPE.size()]))).isPresent();
    Optional<LabeledImage> ground =
        reading.read(new EncodedImage("clear", "cat", "image/png", clear.toByteArray()));

    assertThat(ground.orElseThrow().pixels().pixels()).containsOnly((byte) 0);
    assertThat(reading.skipped()).isZero();
    assertThat(reading.warning()).contains("2 images are of one colour only, the first one drawn");
  }

  @Test
  void imagesThatCannotBeReadAreCountedWithTheFirstReason() {
    reading.read(new EncodedImage("whole", "cat", "image/png", new byte[0]));
    reading.read(new EncodedImage("other", "cat", "image/png", new byte[3]));

    assertThat(reading.skipped()).isEqualTo(2);
    assertThat(reading.warning()).contains("2 images could not be read").contains("whole: ");
  }

  @Test
  void imagesWhoseFileCannotBeReadAreCountedAsDamagedOnesAre() {
    EncodedImage lost =
        new EncodedImage("lost", "cat", "image/png", new byte[0], Sighting.UNKNOWN, "The disk is.");
    EncodedImage sound = png(new byte[SHAPE.size()]);

    assertThat(reading.read(lost)).isEmpty();
    assertThat(reading.readAll(List.of(lost, sound, lost).iterator()))
        .toIterable()
        .extracting(LabeledImage::id)
        .containsExactly(sound.id());
    assertThat(reading.skipped()).isEqualTo(3);
    assertThat(reading.warning()).contains("3 images could not be read", "lost: The disk is.");
  }

  @Test
  void nothingThatATerminalWouldObeyOfAFilesNameIsInTheWarning() {
    String hostile = "\u001b[2J\u009b31m\u202e\u2028x\rfake";
    reading.read(new EncodedImage(hostile, "cat", "image/png", new byte[0]));
    byte[] white = PixelImages.toPng(new PixelImage(SHAPE, new byte[SHAPE.size()]));
    reading.read(new EncodedImage(hostile, "cat", "image/png", white));

    assertThat(reading.warning().lines())
        .hasSize(2)
        .allMatch(line -> line.codePoints().allMatch(PrintableText::isPrintable));
  }

  private static EncodedImage png(byte[] pixels) {
    byte[] png = PixelImages.toPng(new PixelImage(SHAPE, pixels));
    return new EncodedImage("drawn", "cat", "image/png", png);
  }
}
