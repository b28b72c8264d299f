package dev.quadstream.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class CanvasTest {

  private static final int WIDTH = TestingPicture.WIDTH;
  private static final int HEIGHT = TestingPicture.HEIGHT;
  private static final int LEFT = 16;
  private static final int TOP = 8;
  private static final int FRAME_WIDTH = 24;
  private static final int FRAME_HEIGHT = 16;
  private static final Ground GROUND = new Ground(0x204060);

  private final ImageDecoder decoder =
      new ImageDecoder(new ImageShape(3, HEIGHT, WIDTH), ImageLimits.defaults(), GROUND);

  @Test
  void theFirstFrameOfAGifLiesInItsPlaceOnTheCanvas() throws Exception {
    assertInItsPlace(gif(WIDTH, HEIGHT, LEFT, TOP));
  }

  @Test
  void theFirstFrameOfAnAnimatedWebpLiesInItsPlaceOnTheCanvas() throws Exception {
    assertInItsPlace(TestingWebp.animated(WIDTH, HEIGHT, LEFT, TOP, frame()));
  }

  @Test
  void aGifWhoseFrameDoesNotLieOnItsCanvasIsTheFrame() throws Exception {
    PixelImage image = decoder.decode(gif(FRAME_WIDTH, 0, LEFT, TOP));

    assertThat(image.valueAt(0)).isEqualTo(red(TestingPicture.colour(LEFT, TOP)));
  }

  private static void assertInItsPlace(PixelImage image) {
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        boolean within = x >= LEFT && x < LEFT + FRAME_WIDTH && y >= TOP && y < TOP + FRAME_HEIGHT;
        assertThat(image.valueAt(y * WIDTH + x))
            .as("%d, %d", x, y)
            .isEqualTo(red(within ? TestingPicture.colour(x, y) : GROUND.rgb()));
      }
    }
  }

  private void assertInItsPlace(byte[] file) throws Exception {
    assertInItsPlace(decoder.decode(file));
  }

  private static int red(int colour) {
    return colour >> 16 & 0xFF;
  }

  /** A part of the picture, from its place there. */
  private static BufferedImage frame() {
    return TestingPicture.upright(BufferedImage.TYPE_INT_ARGB)
        .getSubimage(LEFT, TOP, FRAME_WIDTH, FRAME_HEIGHT);
  }

  private static byte[] gif(int width, int height, int left, int top) throws IOException {
    BufferedImage indexed =
        TestingPicture.upright(BufferedImage.TYPE_BYTE_INDEXED)
            .getSubimage(LEFT, TOP, FRAME_WIDTH, FRAME_HEIGHT);
    ByteBuffer gif =
        ByteBuffer.wrap(TestingImages.encode(indexed, "gif")).order(ByteOrder.LITTLE_ENDIAN);
    gif.putShort(6, (short) width).putShort(8, (short) height);
    int descriptor = 13 + (3 << (gif.get(10) & 7) + 1);
    while (gif.get(descriptor) == 0x21) {
      descriptor += 2;
      while (gif.get(descriptor) != 0) {
        descriptor += gif.get(descriptor) + 1;
      }
      descriptor++;
    }
    gif.putShort(descriptor + 1, (short) left).putShort(descriptor + 3, (short) top);
    return gif.array();
  }
}
