package dev.quadstream.dataset;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decodes a dataset's images and counts those that cannot be. Not thread-safe. */
public final class ImageReading {

  private final ImageDecoder decoder;
  private long skipped;
  private String firstProblem = "";
  private long ofOneColour;
  private String firstOfOneColour = "";

  /** Nothing is read yet. */
  public ImageReading(ImageDecoder decoder) {
    this.decoder = decoder;
  }

  /** The image, or nothing for one that is counted as skipped. */
  public Optional<LabeledImage> read(EncodedImage image) {
    try {
      PixelImage pixels = decoder.decode(image.bytes());
      if (pixels.isOfOneColour()) {
        ofOneColour++;
        firstOfOneColour = ofOneColour == 1 ? image.id() : firstOfOneColour;
      }
      return Optional.of(new LabeledImage(image.id(), image.label(), 0, pixels));
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

  /** What to say of those that were skipped or show nothing; empty where there are none. */
  public String warning() {
    List<String> warnings = new ArrayList<>();
    if (skipped > 0) {
      warnings.add(
          "%d images could not be read and were skipped, the first one %s"
              .formatted(skipped, firstProblem));
    }
    if (ofOneColour > 0) {
      warnings.add(
          "%d images are of one colour only, the first one %s: nothing is to be seen in them"
              .formatted(ofOneColour, firstOfOneColour));
    }
    return String.join(System.lineSeparator(), warnings);
  }
}
