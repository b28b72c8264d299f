package dev.quadstream.dataset;

import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.DecodedImage;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.image.UndecodableImageException.Reason;
import dev.quadstream.json.PrintableText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  private final ContentDecoder decoder;
  private final List<Unread> unread = new ArrayList<>();
  private long ofOneColour;
  private String firstOfOneColour = "";

  /** Reads pixels; nothing is read yet. */
  public ImageReading(ImageDecoder decoder) {
    this(ContentDecoder.ofPixels(decoder));
  }

  /** Reads what a network trains on. */
  public ImageReading(ContentDecoder decoder) {
    this.decoder = decoder;
  }

  /** Another one, of pixels of a size. */
  public ImageReading pixels(ImageShape shape) {
    return new ImageReading(decoder.pixels(shape));
  }

  /** The image, or nothing for one that is counted as skipped. */
  public Optional<LabeledImage> read(EncodedImage image) {
    return hasBytes(image)
        ? taken(image, decoder.decode(List.of(image.bytes())).get(0))
        : Optional.empty();
  }

  /** Those that can be read, in their order, as they are asked for; the others are counted. */
  public Iterator<LabeledImage> readAll(Iterator<EncodedImage> images) {
    return Stream.generate(() -> nextOf(images))
        .takeWhile(next -> !next.isEmpty())
        .flatMap(this::read)
        .iterator();
  }

  private List<EncodedImage> nextOf(Iterator<EncodedImage> images) {
    List<EncodedImage> next = new ArrayList<>();
    while (next.size() < decoder.together() && images.hasNext()) {
      EncodedImage image = images.next();
      if (hasBytes(image)) {
        next.add(image);
      }
    }
    return next;
  }

  private boolean hasBytes(EncodedImage image) {
    if (image.unread() != null) {
      refuse(image.id(), Reason.UNREAD, image.unread());
    }
    return image.unread() == null;
  }

  private Stream<LabeledImage> read(List<EncodedImage> images) {
    List<DecodedImage> decoded = decoder.decode(images.stream().map(EncodedImage::bytes).toList());
    return IntStream.range(0, images.size())
        .mapToObj(row -> taken(images.get(row), decoded.get(row)))
        .flatMap(Optional::stream);
  }

  private Optional<LabeledImage> taken(EncodedImage image, DecodedImage decoded) {
    if (decoded.refusal() != null) {
      UndecodableImageException refusal = decoded.refusal();
      unread.add(new Unread(image.id(), refusal.reason(), refusal.getMessage()));
      return Optional.empty();
    }
    if (decoded.ofOneColour()) {
      ofOneColour++;
      firstOfOneColour = ofOneColour == 1 ? image.id() : firstOfOneColour;
    }
    return Optional.of(new LabeledImage(image.id(), image.label(), 0, decoded.content()));
  }

  /** Counts an image that was decoded, and of which a network makes nothing. */
  public void refuse(String id, Reason reason, String message) {
    unread.add(new Unread(id, reason, message));
  }

  /** Images that could not be decoded so far. */
  public long skipped() {
    return unread.size();
  }

  /** Those that could not be decoded so far. */
  public List<Unread> unread() {
    return List.copyOf(unread);
  }

  /**
   * What to say of those that were skipped or show nothing, without what a terminal would obey of
   * their names; empty where there are none.
   */
  public String warning() {
    List<String> warnings = new ArrayList<>();
    if (!unread.isEmpty()) {
      Unread first = unread.get(0);
      warnings.add(
          "%d images could not be read and were skipped (%s), the first one %s: %s"
              .formatted(
                  unread.size(),
                  counts(),
                  PrintableText.of(first.id()),
                  PrintableText.of(first.message())));
    }
    if (ofOneColour > 0) {
      warnings.add(
          "%d images are of one colour only, the first one %s: nothing is to be seen in them"
              .formatted(ofOneColour, PrintableText.of(firstOfOneColour)));
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
