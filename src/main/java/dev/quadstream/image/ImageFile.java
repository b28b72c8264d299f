package dev.quadstream.image;

import dev.quadstream.image.SampleMeaning.Alpha;
import java.io.IOException;

/**
 * An image file as its codec gets it, and what the file says of its picture beside the pixels.
 *
 * @param format of the file
 * @param bytes the file, which is not copied
 * @param end where the picture ends in it, exclusive
 * @param orientation what brings the picture upright
 * @param meaning of its samples
 * @param cost what its codec takes
 * @param canvas what the first frame lies on, or null where it is the whole picture
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ImageFile(
    ImageFormat format,
    byte[] bytes,
    int end,
    Orientation orientation,
    SampleMeaning meaning,
    CodecCost cost,
    Canvas canvas) {

  /**
   * Looks at a file of that format without decoding it.
   *
   * @throws UnreadFormException if it has a form that is not read
   * @throws IOException if it is damaged
   */
  static ImageFile of(ImageFormat format, byte[] file) throws IOException {
    return switch (format) {
      case JPEG -> ofJpeg(file);
      case PNG -> ofPng(file);
      case TIFF, BIG_TIFF -> ofTiff(format, file);
      case WEBP -> ofWebp(file);
      case NETPBM -> ofNetpbm(file);
      case GIF -> ofGif(file);
      case BMP ->
          whole(
              format,
              BmpFile.inOrder(file),
              Orientation.AS_IT_IS,
              new SampleMeaning(Alpha.UNLESS_ALL_ZERO, false, 0, 0, BmpFile.profile(file)));
    };
  }

  private static ImageFile whole(
      ImageFormat format, byte[] file, Orientation orientation, SampleMeaning meaning) {
    return new ImageFile(format, file, file.length, orientation, meaning, CodecCost.NONE, null);
  }

  private static ImageFile ofGif(byte[] file) {
    return new ImageFile(
        ImageFormat.GIF,
        file,
        file.length,
        Orientation.AS_IT_IS,
        SampleMeaning.PLAIN,
        CodecCost.NONE,
        Canvas.ofGif(file));
  }

  private static ImageFile ofWebp(byte[] file) {
    return new ImageFile(
        ImageFormat.WEBP,
        file,
        file.length,
        WebpFile.orientation(file),
        SampleMeaning.PLAIN,
        new CodecCost(0, 0, WebpFile.largestFrame(file), 0),
        Canvas.ofWebp(file));
  }

  private static ImageFile ofPng(byte[] file) throws IOException {
    PngFile png = PngFile.of(file);
    return whole(ImageFormat.PNG, png.pixels(), png.orientation(), png.meaning());
  }

  private static ImageFile ofNetpbm(byte[] file) {
    NetpbmFile netpbm = NetpbmFile.of(file);
    return whole(ImageFormat.NETPBM, netpbm.bytes(), Orientation.AS_IT_IS, netpbm.meaning());
  }

  private static ImageFile ofTiff(ImageFormat format, byte[] file) throws IOException {
    TiffFields fields = TiffFields.of(file, 0, file.length);
    SampleMeaning meaning = TiffFile.meaning(file, fields);
    byte[] read = TiffFile.profileIsToBeHidden(fields) ? fields.withoutProfile(file) : file;
    return new ImageFile(
        format,
        read,
        read.length,
        Orientation.ofExif(fields),
        meaning,
        TiffFile.cost(file, fields),
        null);
  }

  private static ImageFile ofJpeg(byte[] file) throws IOException {
    JpegFile jpeg = JpegFile.of(file);
    if (!jpeg.isComplete()) {
      throw new IOException("the file ends in the middle of its image data");
    }
    if (jpeg.lacksRestarts()) {
      throw new IOException("parts of its image data are missing");
    }
    if (jpeg.hasHole()) {
      throw new IOException("zeros stand in the middle of its image data");
    }
    return new ImageFile(
        ImageFormat.JPEG,
        jpeg.bytes(),
        jpeg.end(),
        jpeg.orientation(),
        SampleMeaning.PLAIN,
        new CodecCost(jpeg.coefficientBytes(), jpeg.scannedBlocks(), 0, 0),
        null);
  }
}
