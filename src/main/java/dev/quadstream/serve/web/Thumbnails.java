package dev.quadstream.serve.web;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.serve.feed.EncodedImages;
import dev.quadstream.serve.feed.ImageTopic;
import dev.quadstream.serve.http.RequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Pictures by image id, as the network sees them: of the stream, or held out. Thread-safe. */
final class Thumbnails {

  private final EncodedImages encoded;
  private final ImageTopic images;
  private final Map<String, PixelImage> heldOut;

  Thumbnails(EncodedImages encoded, ImageTopic images, List<LabeledImage> heldOut) {
    this.encoded = encoded;
    this.images = images;
    this.heldOut =
        heldOut.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    LabeledImage::id, LabeledImage::pixels, (first, second) -> first));
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
      return PixelImages.toPng(PageRequests.decode(decoder.get(), bytes.get()));
    }
    if (heldOut.containsKey(id)) {
      return PixelImages.toPng(heldOut.get(id));
    }
    throw new RequestException(404, "That image is not at hand, or no longer.");
  }
}
