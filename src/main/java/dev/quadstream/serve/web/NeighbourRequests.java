package dev.quadstream.serve.web;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.serve.feed.ImageTopic;
import dev.quadstream.serve.http.Query;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.model.ModelWorker;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Answers which images are near to one, of the gallery or sent along. Thread-safe. */
final class NeighbourRequests {

  /** The largest image that can be looked up, 4 MiB. */
  static final int MAX_UPLOAD_BYTES = 4 << 20;

  /** Decoding takes memory, so that few do it at a time. */
  static final int UPLOADS_AT_ONCE = 4;

  private final Semaphore uploads = new Semaphore(UPLOADS_AT_ONCE);
  private final ModelWorker worker;
  private final ImageTopic images;

  NeighbourRequests(ModelWorker worker, ImageTopic images) {
    this.worker = worker;
    this.images = images;
  }

  void answer(HttpExchange exchange, Map<String, String> query)
      throws IOException, RequestException {
    long version = Query.number(query, "version");
    Responses.sendJson(
        exchange,
        exchange.getRequestMethod().equals("POST")
            ? worker.neighbours(version, upload(exchange))
            : worker.neighbours(version, query.getOrDefault("id", "")));
  }

  private PixelImage upload(HttpExchange exchange) throws IOException, RequestException {
    if (!uploads.tryAcquire()) {
      throw new RequestException(
          503, "Too many images are being looked up at once. Try again in a few seconds.");
    }
    try {
      return decoded(exchange);
    } finally {
      uploads.release();
    }
  }

  private PixelImage decoded(HttpExchange exchange) throws IOException, RequestException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MAX_UPLOAD_BYTES + 1);
    if (bytes.length > MAX_UPLOAD_BYTES) {
      throw new RequestException(
          413,
          "The image has more than %d MiB: send it smaller.".formatted(MAX_UPLOAD_BYTES >> 20));
    }
    ImageDecoder decoder =
        images
            .decoder()
            .orElseThrow(
                () ->
                    new RequestException(
                        409, "No model has been published yet: wait for the first one."));
    return decode(decoder, bytes);
  }

  static PixelImage decode(ImageDecoder decoder, byte[] bytes) throws RequestException {
    try {
      return decoder.decode(bytes);
    } catch (UndecodableImageException e) {
      throw new RequestException(422, e.getMessage());
    } catch (OutOfMemoryError full) {
      throw new RequestException(
          503, "The page has no memory for that image now. Try again in a few seconds.");
    }
  }
}
