package dev.quadstream.serve.web;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.serve.feed.ImageTopic;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.state.NewestBytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Pictures by image id, as the network sees them: of the stream, or held out. Thread-safe. */
final class Thumbnails {

  private final NewestBytes encoded;
  private final ImageTopic images;
  private final Supplier<List<LabeledImage>> heldOut;

  Thumbnails(NewestBytes encoded, ImageTopic images, Supplier<List<LabeledImage>> heldOut) {
    this.encoded = encoded;
    this.images = images;
    this.heldOut = heldOut;
  }

  /**
   * The picture as PNG.
   *
   * @throws RequestException 404 if it is not at hand
   */
  byte[] png(String id) throws RequestException {
    Optional<byte[]> bytes = encoded.get(id);
    Optional<ImageDecoder> decoder = images.decoder();
    if (bytes.isPresent() && decoder.isPresent()) {
      return PixelImages.toPng(NeighbourRequests.decode(decoder.get(), bytes.get()));
    }
    return heldOut.get().stream()
        .filter(image -> image.id().equals(id))
        .findFirst()
        .map(image -> PixelImages.toPng(image.pixels()))
        .orElseThrow(() -> new RequestException(404, "That image is not at hand, or no longer."));
  }
}
