package dev.quadstream.serve.web;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.serve.feed.EncodedImages;
import dev.quadstream.serve.feed.ImageTopic;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Pictures by image id, as the network sees them: of the stream, or held out. Thread-safe. */
final class Thumbnails {

  private final EncodedImages encoded;
  private final ImageTopic images;
  private final Supplier<List<LabeledImage>> heldOut;

  Thumbnails(EncodedImages encoded, ImageTopic images, Supplier<List<LabeledImage>> heldOut) {
    this.encoded = encoded;
    this.images = images;
    this.heldOut = heldOut;
  }

  /**
   * Sends the picture as PNG. One that comes again under its id is another one, and one that was
   * removed is shown no more: browsers ask again each time.
   *
   * @throws RequestException 404 if it is not at hand
   */
  void send(HttpExchange exchange, String id) throws IOException, RequestException {
    Optional<byte[]> bytes = bytes(id);
    Optional<ImageDecoder> decoder = images.decoder();
    if (bytes.isPresent() && decoder.isPresent()) {
      Responses.sendUnlessKnown(
          exchange,
          Responses.PNG,
          bytes.get(),
          decoder.get().shape().toString(),
          () -> PixelImages.toPng(NeighbourRequests.decode(decoder.get(), bytes.get())));
      return;
    }
    byte[] png =
        heldOut.get().stream()
            .filter(image -> image.id().equals(id))
            .findFirst()
            .map(image -> PixelImages.toPng(image.pixels()))
            .orElseThrow(
                () -> new RequestException(404, "That image is not at hand, or no longer."));
    Responses.sendUnlessKnown(exchange, Responses.PNG, png, "", () -> png);
  }

  private Optional<byte[]> bytes(String id) throws RequestException {
    try {
      return encoded.get(id);
    } catch (IOException e) {
      throw new RequestException(404, e.getMessage());
    }
  }
}
