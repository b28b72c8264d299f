package dev.quadstream.image;

import java.awt.image.BufferedImage;
import java.io.Closeable;
import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/** A codec at one file. Not thread-safe; close it. */
final class CodecReader implements Closeable {

  private final ImageFile image;
  private final ImageInputStream stream;
  private final ImageReader reader;
  private final CodecWarnings warnings = new CodecWarnings();

  private CodecReader(ImageFile image, ImageInputStream stream, ImageReader reader) {
    this.image = image;
    this.stream = stream;
    this.reader = reader;
    reader.setInput(stream, true, true);
    reader.addIIOReadWarningListener((codec, warning) -> warnings.add(warning));
  }

  /**
   * The codec of the file's format at its beginning.
   *
   * @throws UndecodableImageException if it does not know the file, whatever it begins with
   */
  static CodecReader open(ImageFile image, ImageCodecs codecs)
      throws IOException, UndecodableImageException {
    ImageInputStream stream = new EncodedStream(image.bytes(), image.end());
    ImageReaderSpi provider =
        codecs.of(image.format(), stream).orElseThrow(() -> Refusals.unknownFormat(image.bytes()));
    return new CodecReader(image, stream, provider.createReaderInstance());
  }

  int width() throws IOException {
    return image.canvas() == null ? reader.getWidth(0) : image.canvas().width();
  }

  int height() throws IOException {
    return image.canvas() == null ? reader.getHeight(0) : image.canvas().height();
  }

  /** The first frame, of which every so manieth pixel is read along each axis. */
  BufferedImage read(int everyColumn, int everyRow) throws IOException {
    ImageReadParam parameters = reader.getDefaultReadParam();
    parameters.setSourceSubsampling(everyColumn, everyRow, 0, 0);
    if (image.meaning().real()) {
      SampleLevels.requireKnownRange(reader.readRaster(0, parameters));
    }
    BufferedImage pixels = read(parameters);
    warnings.requireNoLoss();
    return image.canvas() == null ? pixels : image.canvas().with(pixels, everyColumn, everyRow);
  }

  /** A full heap stays what it is: some codecs say that the file is at fault. */
  private BufferedImage read(ImageReadParam parameters) throws IOException {
    try {
      return reader.read(0, parameters);
    } catch (IIOException failure) {
      if (failure.getCause() instanceof OutOfMemoryError full) {
        throw full;
      }
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    reader.dispose();
    stream.close();
  }
}
