package dev.quadstream.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Image files that tests send. */
final class TestingImages {

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private TestingImages() {}

  static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, bytes)) {
      throw new IllegalStateException("no writer for " + format);
    }
    return bytes.toByteArray();
  }

  static BufferedImage filled(int type, int width, int height, int colour) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colour);
      }
    }
    return image;
  }

  /** A picture with enough detail that its file is some hundred bytes long. */
  static BufferedImage textured(int type, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xFF000000 | ((x * 7919 + y * 104729) & 0xFFFFFF));
      }
    }
    return image;
  }

  /** The beginning of a PNG file that announces a size and has no pixels. */
  static byte[] pngHeader(int width, int height) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream values = new DataOutputStream(header);
    values.writeBytes("IHDR");
    values.writeInt(width);
    values.writeInt(height);
    values.write(new byte[] {8, 2, 0, 0, 0});
    CRC32 checksum = new CRC32();
    checksum.update(header.toByteArray());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream output = new DataOutputStream(file);
    output.write(PNG_SIGNATURE);
    output.writeInt(13);
    output.write(header.toByteArray());
    output.writeInt((int) checksum.getValue());
    return file.toByteArray();
  }

  static byte[] animatedGif(BufferedImage... frames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : frames) {
        writer.writeToSequence(new IIOImage(frame, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** A JPEG file of four bands: cyan, magenta, yellow, black, each 0 to 255. */
  static byte[] cmykJpeg(int side, int... ink) throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, side, side, 4, null);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        raster.setPixel(x, y, ink);
      }
    }
    return write(writerOfJava("jpeg"), new IIOImage(raster, null, null), null);
  }

  static byte[] write(ImageWriter writer, BufferedImage image, ImageWriteParam parameters)
      throws IOException {
    return write(writer, new IIOImage(image, null, null), parameters);
  }

  private static byte[] write(ImageWriter writer, IIOImage image, ImageWriteParam parameters)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(null, image, parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** The writer of Java itself, which knows compressions by these names. */
  static ImageWriter writerOfJava(String format) {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
    while (writers.hasNext()) {
      ImageWriter writer = writers.next();
      if (writer.getClass().getModule().isNamed()) {
        return writer;
      }
    }
    throw new IllegalStateException("Java has no writer for " + format);
  }
}
