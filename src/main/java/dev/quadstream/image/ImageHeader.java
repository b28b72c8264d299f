package dev.quadstream.image;

import java.io.IOException;
import java.util.Optional;

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
      return format.isEmpty()
          ? Optional.empty()
          : Optional.of(of(ImageFile.of(format.get(), file)));
    } catch (IOException | UndecodableImageException | RuntimeException damaged) {
      return Optional.empty();
    }
  }

  private static ImageHeader of(ImageFile image) throws IOException, UndecodableImageException {
    try (CodecReader codec = CodecReader.open(image, ImageCodecs.installed())) {
      return image.orientation().transposed()
          ? new ImageHeader(codec.height(), codec.width())
          : new ImageHeader(codec.width(), codec.height());
    }
  }
}
