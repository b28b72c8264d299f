package dev.quadstream.image;

import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * What a picture's file says of its size.
 *
 * @param width in pixels, as the picture lies upright
 * @param height in pixels, as the picture lies upright
 */
public record ImageHeader(int width, int height) {

  /** Reads a file's header and no pixel; nothing of a file that has none that can be read. */
  public static Optional<ImageHeader> of(byte[] file) {
    try {
      Optional<ImageFormat> format = ImageFormat.of(file);
      return format.isEmpty() ? Optional.empty() : of(EncodedImage.of(format.get(), file));
    } catch (IOException | RuntimeException damaged) {
      return Optional.empty();
    }
  }

  private static Optional<ImageHeader> of(EncodedImage image) throws IOException {
    try (ImageInputStream stream = new EncodedStream(image.bytes(), image.end())) {
      Optional<ImageReaderSpi> codec = ImageCodecs.installed().of(image.format(), stream);
      if (codec.isEmpty()) {
        return Optional.empty();
      }
      ImageReader reader = codec.get().createReaderInstance();
      try {
        reader.setInput(stream, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        return Optional.of(
            image.orientation().transposed()
                ? new ImageHeader(height, width)
                : new ImageHeader(width, height));
      } finally {
        reader.dispose();
      }
    }
  }
}
