package dev.quadstream.bench;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Icons, encoded and decoded. Asked for without end: each time round they come under new ids, so
 * that the memory takes every one for new.
 */
final class BenchImages {

  private final List<EncodedImage> encoded;
  private final List<PixelImage> decoded;

  private BenchImages(List<EncodedImage> encoded, List<PixelImage> decoded) {
    this.encoded = encoded;
    this.decoded = decoded;
  }

  static BenchImages icons(ImageDecoder decoder, int count, long seed)
      throws UndecodableImageException {
    IconStream icons = IconStream.ofSeed(seed);
    List<EncodedImage> encoded = new ArrayList<>(count);
    List<PixelImage> decoded = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      EncodedImage icon = icons.next();
      encoded.add(icon);
      decoded.add(decoder.decode(icon.bytes()));
    }
    return new BenchImages(encoded, decoded);
  }

  EncodedImage encoded(long number) {
    EncodedImage icon = encoded.get(at(number));
    return new EncodedImage(id(number), icon.label(), icon.contentType(), icon.bytes());
  }

  LabeledImage decoded(long number) {
    return new LabeledImage(
        id(number), encoded.get(at(number)).label(), number, decoded.get(at(number)));
  }

  private int at(long number) {
    return (int) (number % encoded.size());
  }

  private static String id(long number) {
    return "icon-" + number;
  }
}
