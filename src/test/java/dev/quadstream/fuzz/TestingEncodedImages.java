package dev.quadstream.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small sound images in every format that is accepted, and in several variants of most. */
public final class TestingEncodedImages {

  private static final int SIDE = 24;

  /** WebP of one pixel: lossy, lossless, with alpha, animated. No encoder is at hand in Java. */
  private static final List<String> WEBP =
      List.of(
          "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
          "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
          "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==",
          "UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcA");

  private static final List<byte[]> ALL = encodeAll();

  private TestingEncodedImages() {}

  /** The images; never to be written to. */
  public static List<byte[]> all() {
    return ALL;
  }

  private static List<byte[]> encodeAll() {
    List<byte[]> images = new ArrayList<>();
    BufferedImage colour = picture(BufferedImage.TYPE_INT_RGB);
    BufferedImage grey = picture(BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage palette = picture(BufferedImage.TYPE_BYTE_INDEXED);
    for (BufferedImage image :
        List.of(
            colour,
            grey,
            palette,
            picture(BufferedImage.TYPE_INT_ARGB),
            picture(BufferedImage.TYPE_USHORT_GRAY),
            picture(BufferedImage.TYPE_BYTE_BINARY))) {
      images.add(encode(image, "png", null, false));
    }
    for (boolean progressive : new boolean[] {false, true}) {
      images.add(encode(colour, "jpeg", null, progressive));
      images.add(encode(grey, "jpeg", null, progressive));
    }
    images.add(encode(palette, "gif", null, false));
    images.add(encode(colour, "bmp", null, false));
    images.add(encode(palette, "bmp", "BI_RLE8", false));
    for (String compression : new String[] {"LZW", "PackBits", "Deflate", "JPEG"}) {
      images.add(encode(colour, "tiff", compression, false));
    }
    images.add(encode(grey, "tiff", null, false));
    images.add(encode(picture(BufferedImage.TYPE_BYTE_BINARY), "tiff", "CCITT T.6", false));
    WEBP.forEach(webp -> images.add(Base64.getDecoder().decode(webp)));
    return List.copyOf(images);
  }

  private static BufferedImage picture(int type) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, type);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.setRGB(x, y, 0xFF000000 | ((x * 7_919 + y * 104_729) & 0xFFFFFF));
      }
    }
    return image;
  }

  private static byte[] encode(
      BufferedImage image, String format, String compression, boolean progressive) {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
    while (writers.hasNext()) {
      ImageWriter writer = writers.next();
      // The codecs of Java know the compressions by these names.
      if (writer.getClass().getModule().isNamed()) {
        return encode(image, writer, compression, progressive);
      }
    }
    throw new IllegalStateException("Java has no writer for " + format);
  }

  private static byte[] encode(
      BufferedImage image, ImageWriter writer, String compression, boolean progressive) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    if (compression != null) {
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionType(compression);
    }
    if (progressive) {
      parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    }
    try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
