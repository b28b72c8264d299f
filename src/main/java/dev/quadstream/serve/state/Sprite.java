package dev.quadstream.serve.state;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/** Many images in one PNG, row by row, as the map and TensorBoard's projector want them. */
public final class Sprite {

  private static final int LARGEST_TILE = 48;

  private final ImageShape shape;
  private final int width;
  private final int height;

  /** Tiles for images of one shape; larger ones are thinned to 48 pixels a side. */
  public Sprite(ImageShape shape) {
    this.shape = shape;
    this.width = Math.min(LARGEST_TILE, shape.width());
    this.height = Math.min(LARGEST_TILE, shape.height());
  }

  /** A tile's width in pixels. */
  public int tileWidth() {
    return width;
  }

  /** A tile's height in pixels. */
  public int tileHeight() {
    return height;
  }

  /** Tiles in a row: as many as make the picture about square. */
  public static int columns(int images) {
    return Math.max(1, (int) Math.ceil(Math.sqrt(images)));
  }

  /** The PNG file of at least one image. */
  public byte[] png(List<LabeledImage> images) {
    int columns = columns(images.size());
    int rows = (images.size() + columns - 1) / columns;
    int type = shape.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage picture = new BufferedImage(columns * width, rows * height, type);
    for (int i = 0; i < images.size(); i++) {
      draw(images.get(i).pixels(), picture, i % columns * width, i / columns * height);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    try {
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing an image to memory failed.", e);
    }
    return bytes.toByteArray();
  }

  private void draw(PixelImage image, BufferedImage picture, int left, int top) {
    int area = shape.height() * shape.width();
    for (int y = 0; y < height; y++) {
      int row = y * shape.height() / height;
      for (int x = 0; x < width; x++) {
        int source = row * shape.width() + x * shape.width() / width;
        for (int channel = 0; channel < shape.channels(); channel++) {
          picture
              .getRaster()
              .setSample(left + x, top + y, channel, image.valueAt(channel * area + source));
        }
      }
    }
  }
}
