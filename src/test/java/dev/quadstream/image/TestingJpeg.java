package dev.quadstream.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes JPEG files and changes their segments. */
final class TestingJpeg {

  static final int APP1 = 0xE1;
  static final int APP2 = 0xE2;

  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};

  private TestingJpeg() {}

  static byte[] encode(BufferedImage image) throws IOException {
    return encode(image, false);
  }

  static byte[] encode(BufferedImage image, boolean progressive) throws IOException {
    ImageWriter writer = TestingImages.writerOfJava("jpeg");
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(0.95f);
    parameters.setProgressiveMode(
        progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    return TestingImages.write(writer, image, parameters);
  }

  /** With a restart marker behind every second unit of its scan. */
  static byte[] inParts(BufferedImage image) throws IOException {
    ImageWriter writer = TestingImages.writerOfJava("jpeg");
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), null);
    IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree("javax_imageio_jpeg_image_1.0");
    IIOMetadataNode interval = new IIOMetadataNode("dri");
    interval.setAttribute("interval", "2");
    tree.getElementsByTagName("markerSequence").item(0).appendChild(interval);
    metadata.setFromTree("javax_imageio_jpeg_image_1.0", tree);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(new IIOImage(image, null, metadata));
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static byte[] withExif(byte[] jpeg, byte[] exif) {
    return withSegment(jpeg, APP1, joined(EXIF, exif));
  }

  /** A file with one more segment at its beginning. */
  static byte[] withSegment(byte[] jpeg, int marker, byte[] data) {
    int length = data.length + 2;
    byte[] head = {(byte) 0xFF, (byte) marker, (byte) (length >> 8), (byte) length};
    return joined(Arrays.copyOf(jpeg, 2), head, data, Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  static byte[] withoutEndMarker(byte[] jpeg) {
    return Arrays.copyOf(jpeg, jpeg.length - 2);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Where the file has its nth marker of this kind, or -1. */
  static int marker(byte[] jpeg, int kind, int nth) {
    int left = nth;
    for (int i = 0; i + 1 < jpeg.length; i++) {
      if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == kind && left-- == 0) {
        return i;
      }
    }
    return -1;
  }
}
