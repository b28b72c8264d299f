package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ImageAugmentationTest {

  private static final ImageAugmentation MOVING = new ImageAugmentation(0.1, 0.15, 0.15);

  @Test
  void noneGivesThePixelsExactly() {
    PixelImage image = textured(3, 12, 9);

    float[] view = new ImageAugmentation(0, 0, 0).apply(image, new SplittableRandom(1));

    for (int i = 0; i < view.length; i++) {
      assertThat(view[i]).isEqualTo(image.valueAt(i) / 255f);
    }
  }

  @Test
  void theSameSeedGivesTheSameViewAndAnotherSeedAnother() {
    PixelImage image = textured(1, 32, 32);

    float[] first = MOVING.apply(image, new SplittableRandom(5));
    float[] again = MOVING.apply(image, new SplittableRandom(5));
    float[] other = MOVING.apply(image, new SplittableRandom(6));

    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
  }

  @Test
  void viewsStayWithinZeroAndOneAndDoNotChangeTheImage() {
    PixelImage image = textured(3, 20, 20);
    byte[] before = image.pixels().clone();
    SplittableRandom random = new SplittableRandom(3);

    for (int i = 0; i < 50; i++) {
      for (float value : MOVING.apply(image, random)) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
    assertThat(image.pixels()).isEqualTo(before);
  }

  @Test
  void aUniformImageStaysUniformBecauseTheBorderIsContinued() {
    byte[] pixels = new byte[16 * 16];
    Arrays.fill(pixels, (byte) 51);
    PixelImage image = new PixelImage(new ImageShape(1, 16, 16), pixels);

    float[] view = new ImageAugmentation(0.5, Math.PI, 0.9).apply(image, new SplittableRandom(2));

    for (float value : view) {
      assertThat(value).isCloseTo(0.2f, within(1e-6f));
    }
  }

  @Test
  void shiftMovesTheContentByAtMostTheGivenShare() {
    byte[] pixels = new byte[32 * 32];
    pixels[16 * 32 + 16] = (byte) 255;
    PixelImage image = new PixelImage(new ImageShape(1, 32, 32), pixels);
    ImageAugmentation shift = new ImageAugmentation(0.125, 0, 0);
    SplittableRandom random = new SplittableRandom(4);
    double furthest = 0;
    for (int i = 0; i < 200; i++) {
      double[] centre = centreOfMass(shift.apply(image, random), 32);
      furthest = Math.max(furthest, Math.abs(centre[0] - 16));
      assertThat(Math.abs(centre[0] - 16)).isLessThanOrEqualTo(4.001);
      assertThat(Math.abs(centre[1] - 16)).isLessThanOrEqualTo(4.001);
    }
    assertThat(furthest).isGreaterThan(3.5);
  }

  @Test
  void rotationTurnsAboutTheCentre() {
    byte[] pixels = new byte[33 * 33];
    pixels[16 * 33 + 26] = (byte) 255;
    PixelImage image = new PixelImage(new ImageShape(1, 33, 33), pixels);
    ImageAugmentation rotation = new ImageAugmentation(0, 0.5, 0);
    SplittableRandom random = new SplittableRandom(8);
    double widest = 0;
    for (int i = 0; i < 200; i++) {
      double[] centre = centreOfMass(rotation.apply(image, random), 33);
      double angle = Math.atan2(centre[1] - 16, centre[0] - 16);
      assertThat(Math.hypot(centre[0] - 16, centre[1] - 16)).isCloseTo(10, within(0.3));
      assertThat(Math.abs(angle)).isLessThanOrEqualTo(0.53);
      widest = Math.max(widest, Math.abs(angle));
    }
    assertThat(widest).isGreaterThan(0.4);
  }

  @Test
  void changingOneOptionLeavesTheOtherDrawsAsTheyWere() {
    SplittableRandom all = new SplittableRandom(12);
    SplittableRandom none = new SplittableRandom(12);
    PixelImage image = textured(1, 16, 16);

    MOVING.apply(image, all);
    new ImageAugmentation(0, 0, 0).apply(image, none);

    assertThat(all.nextLong()).isEqualTo(none.nextLong());
  }

  @Test
  void impossibleOptionsAreRefused() {
    assertThatThrownBy(() -> new ImageAugmentation(0.6, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.6");
    assertThatThrownBy(() -> new ImageAugmentation(0, Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ImageAugmentation(0, 0, -0.1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double[] centreOfMass(float[] view, int side) {
    double mass = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < view.length; i++) {
      mass += view[i];
      x += view[i] * (i % side);
      int row = i / side;
      y += view[i] * row;
    }
    return new double[] {x / mass, y / mass};
  }

  private static PixelImage textured(int channels, int height, int width) {
    ImageShape shape = new ImageShape(channels, height, width);
    byte[] pixels = new byte[shape.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 53 + 7);
    }
    return new PixelImage(shape, pixels);
  }
}
