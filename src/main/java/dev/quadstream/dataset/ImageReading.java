package dev.quadstream.dataset;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.UndecodableImageException;
import java.util.Optional;

/** Decodes a dataset's images and counts those that cannot be. Not thread-safe. */
public final class ImageReading {

  private final ImageDecoder decoder;
  private long skipped;
  private String firstProblem = "";

  /**
   * Nothing is read yet.
   *
   * @param shape that every image is brought to
   * @param limits of what is decoded
   */
  public ImageReading(ImageShape shape, ImageLimits limits) {
    this.decoder = new ImageDecoder(shape, limits);
  }

  /** The image, or nothing for one that is counted as skipped. */
  public Optional<LabeledImage> read(EncodedImage image) {
    try {
      return Optional.of(
          new LabeledImage(image.id(), image.label(), 0, decoder.decode(image.bytes())));
    } catch (UndecodableImageException e) {
      skipped++;
      if (firstProblem.isEmpty()) {
        firstProblem = image.id() + ": " + e.getMessage();
      }
      return Optional.empty();
    }
  }

  /** Images that could not be decoded so far. */
  public long skipped() {
    return skipped;
  }

  /** What to say of the skipped ones; empty where there are none. */
  public String warning() {
    return skipped == 0
        ? ""
        : "%d images could not be read and were skipped, the first one %s"
            .formatted(skipped, firstProblem);
  }
}
