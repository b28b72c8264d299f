package dev.quadstream.dataset;

import dev.quadstream.image.ContentReader;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.image.UndecodableImageException.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decodes a dataset's images and counts those that cannot be. Not thread-safe. */
public final class ImageReading {

  /**
   * An image that could not be decoded.
   *
   * @param id the image's
   * @param reason of what kind the problem is
   * @param message what was seen
   */
  public record Unread(String id, Reason reason, String message) {}

  private final ImageDecoder decoder;
  private final ContentReader content;
  private final List<Unread> unread = new ArrayList<>();
  private long ofOneColour;
  private String firstOfOneColour = "";

  /** Reads pixels; nothing is read yet. */
  public ImageReading(ImageDecoder decoder) {
    this(decoder, ContentReader.PIXELS);
  }

  /** Reads what a network trains on. */
  public ImageReading(ImageDecoder decoder, ContentReader content) {
    this.decoder = decoder;
    this.content = content;
  }

  /** The image, or nothing for one that is counted as skipped. */
  public Optional<LabeledImage> read(EncodedImage image) {
    try {
      PixelImage pixels = decoder.decode(image.bytes());
      if (pixels.isOfOneColour()) {
        ofOneColour++;
        firstOfOneColour = ofOneColour == 1 ? image.id() : firstOfOneColour;
      }
      return Optional.of(new LabeledImage(image.id(), image.label(), 0, content.read(pixels)));
    } catch (UndecodableImageException e) {
      unread.add(new Unread(image.id(), e.reason(), e.getMessage()));
      return Optional.empty();
    }
  }

  /** Images that could not be decoded so far. */
  public long skipped() {
    return unread.size();
  }

  /** Those that could not be decoded so far. */
  public List<Unread> unread() {
    return List.copyOf(unread);
  }

  /** What to say of those that were skipped or show nothing; empty where there are none. */
  public String warning() {
    List<String> warnings = new ArrayList<>();
    if (!unread.isEmpty()) {
      Unread first = unread.get(0);
      warnings.add(
          "%d images could not be read and were skipped (%s), the first one %s: %s"
              .formatted(unread.size(), counts(), first.id(), first.message()));
    }
    if (ofOneColour > 0) {
      warnings.add(
          "%d images are of one colour only, the first one %s: nothing is to be seen in them"
              .formatted(ofOneColour, firstOfOneColour));
    }
    return String.join(System.lineSeparator(), warnings);
  }

  private String counts() {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    unread.forEach(image -> counts.merge(image.reason(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey().text())
        .collect(Collectors.joining(", "));
  }
}
