package dev.quadstream.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes pixels for people and for topics. Thread-safe. */
public final class PixelImages {

  private PixelImages() {}

  /**
   * A lossless PNG file of the image: 8-bit grey for one channel, 8-bit RGB for three. Decoding it
   * to the same shape gives the same pixels.
   */
  public static byte[] toPng(PixelImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(toBufferedImage(image));
    } catch (IOException error) {
      throw new UncheckedIOException("Writing an image to memory failed.", error);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage toBufferedImage(PixelImage image) {
    ImageShape shape = image.shape();
    int area = shape.height() * shape.width();
    int type = shape.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage buffered = new BufferedImage(shape.width(), shape.height(), type);
    int[] samples = new int[image.pixels().length];
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int i = 0; i < area; i++) {
        samples[i * shape.channels() + channel] = image.valueAt(channel * area + i);
      }
    }
    buffered.getRaster().setPixels(0, 0, shape.width(), shape.height(), samples);
    return buffered;
  }
}
