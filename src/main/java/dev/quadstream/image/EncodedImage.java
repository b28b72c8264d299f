package dev.quadstream.image;

import java.io.IOException;
import java.util.Optional;

/**
 * An image file as its codec gets it, and what the file says of its picture beside the pixels.
 *
 * @param format of the file
 * @param bytes the file, which is not copied
 * @param end where the picture ends in it, exclusive
 * @param orientation what brings the picture upright
 * @param unreadKind the form of the format, where it is one that is not read
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EncodedImage(
    ImageFormat format,
    byte[] bytes,
    int end,
    Orientation orientation,
    Optional<String> unreadKind) {

  /** Looks at a file of that format without decoding it. */
  static EncodedImage of(ImageFormat format, byte[] file) throws IOException {
    return switch (format) {
      case JPEG -> ofJpeg(file);
      case PNG -> ofPng(file);
      case WEBP -> whole(format, file, WebpFile.orientation(file));
      case TIFF, BIG_TIFF -> ofTiff(format, file);
      case GIF, BMP, NETPBM -> whole(format, file, Orientation.AS_IT_IS);
    };
  }

  private static EncodedImage whole(ImageFormat format, byte[] file, Orientation orientation) {
    return new EncodedImage(format, file, file.length, orientation, Optional.empty());
  }

  private static EncodedImage ofPng(byte[] file) throws IOException {
    PngFile png = PngFile.of(file);
    byte[] pixels = png.pixels();
    return new EncodedImage(
        ImageFormat.PNG, pixels, pixels.length, png.orientation(), png.unreadKind());
  }

  private static EncodedImage ofTiff(ImageFormat format, byte[] file) {
    TiffFields fields = TiffFields.of(file, 0, file.length);
    return new EncodedImage(
        format, file, file.length, Orientation.ofExif(fields), TiffKinds.unread(file, fields));
  }

  private static EncodedImage ofJpeg(byte[] file) throws IOException {
    JpegFile jpeg = JpegFile.of(file);
    if (jpeg.unreadKind().isEmpty() && !jpeg.isComplete()) {
      throw new IOException("the file ends in the middle of its image data");
    }
    return new EncodedImage(
        ImageFormat.JPEG, file, jpeg.end(), jpeg.orientation(), jpeg.unreadKind());
  }
}
