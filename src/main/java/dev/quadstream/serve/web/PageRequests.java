package dev.quadstream.serve.web;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.serve.feed.ImageTopic;
import dev.quadstream.serve.http.Query;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Requests;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.http.WebServer;
import dev.quadstream.serve.model.ModelWorker;
import dev.quadstream.serve.state.MapFrame;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.Sprite;
import dev.quadstream.serve.web.StaticFiles.StaticFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Answers every request of the page. Thread-safe. */
final class PageRequests implements Requests {

  /** The largest image that can be looked up, 4 MiB. */
  static final int MOST_UPLOAD_BYTES = 4 << 20;

  private static final Set<String> READING = Set.of("GET", "HEAD");

  /** Decoding takes memory, so that few do it at a time. */
  static final int UPLOADS_AT_ONCE = 4;

  private final Semaphore uploads = new Semaphore(UPLOADS_AT_ONCE);
  private final WebServer server;
  private final StaticFiles files = new StaticFiles();
  private final EventStream events;
  private final ModelsState models;
  private final ModelWorker worker;
  private final ImageTopic images;
  private final Thumbnails thumbnails;
  private final PublishedEmbeddings published;
  private final ModelRegistry registry;
  private final Optional<Labelling> labelling;

  PageRequests(
      WebServer server,
      EventStream events,
      ModelsState models,
      ModelWorker worker,
      ImageTopic images,
      Thumbnails thumbnails,
      PublishedEmbeddings published,
      ModelRegistry registry,
      Optional<Labelling> labelling) {
    this.server = server;
    this.events = events;
    this.models = models;
    this.worker = worker;
    this.images = images;
    this.thumbnails = thumbnails;
    this.published = published;
    this.registry = registry;
    this.labelling = labelling;
  }

  @Override
  public void answer(HttpExchange exchange) throws IOException, RequestException {
    String path = exchange.getRequestURI().getPath();
    Map<String, String> query = Query.of(exchange.getRequestURI());
    if (path.equals("/api/neighbours") && exchange.getRequestMethod().equals("POST")) {
      long version = Query.number(query, "version");
      PixelImage image = upload(exchange);
      Responses.sendJson(exchange, worker.neighbours(version, image));
      return;
    }
    if (path.equals("/api/labels") && exchange.getRequestMethod().equals("POST")) {
      labelling
          .orElseThrow(
              () ->
                  new RequestException(
                      403, "No labels are taken here: the page was started without --feedback."))
          .take(exchange);
      return;
    }
    if (!READING.contains(exchange.getRequestMethod())) {
      throw new RequestException(405, "This address can only be read.");
    }
    if (path.equals("/") && server.access().bringsToken(exchange)) {
      exchange.getResponseHeaders().set("Set-Cookie", server.access().cookie());
      // Relative, since a proxy may serve the page below a path.
      exchange.getResponseHeaders().set("Location", "./");
      exchange.sendResponseHeaders(303, -1);
      return;
    }
    switch (path) {
      case "/events" ->
          events.stream(
              exchange,
              query.containsKey("replica") ? Query.number(query, "replica") : null,
              server::keepCurrent);
      case "/api/map" -> Responses.sendJson(exchange, describe(frame(query)));
      case "/api/map/points" ->
          Responses.send(
              exchange, 200, Responses.BINARY, Responses.NO_STORE, frame(query).pointBytes());
      case "/api/map/sprite" -> {
        MapFrame frame = frame(query);
        Responses.send(
            exchange,
            200,
            Responses.PNG,
            Responses.NO_STORE,
            new Sprite(frame.images().get(0).pixels().shape()).png(frame.images()));
      }
      case "/api/neighbours" ->
          Responses.sendJson(
              exchange,
              worker.neighbours(Query.number(query, "version"), query.getOrDefault("id", "")));
      case "/api/thumbnail" ->
          Responses.send(
              exchange,
              200,
              Responses.PNG,
              Responses.FOR_AN_HOUR,
              thumbnails.png(query.getOrDefault("id", "")));
      case "/api/model" -> sendModel(exchange, Query.number(query, "version"));
      default -> sendFile(exchange, path);
    }
  }

  private void sendFile(HttpExchange exchange, String path) throws IOException, RequestException {
    StaticFile file =
        files
            .get(path)
            .orElseThrow(() -> new RequestException(404, "There is nothing at this address."));
    Responses.send(exchange, 200, file.contentType(), "no-cache", file.bytes());
  }

  private MapFrame frame(Map<String, String> query) throws RequestException {
    long version = Query.number(query, "version");
    return models
        .frames()
        .of(version)
        .orElseThrow(
            () ->
                new RequestException(
                    404, "Version %d is not on the map, or no longer.".formatted(version)));
  }

  private Map<String, Object> describe(MapFrame frame) {
    List<Map<String, Object>> rows = new ArrayList<>();
    frame
        .images()
        .forEach(
            image -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("id", image.id());
              row.put("label", image.label());
              row.put("capturedAt", image.capturedAt());
              row.put(
                  "version",
                  published.get(image.id()).map(message -> message.modelVersion()).orElse(null));
              rows.add(row);
            });
    Sprite sprite = new Sprite(frame.images().get(0).pixels().shape());
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("version", frame.version());
    message.put("createdAt", frame.createdAt());
    message.put("tileWidth", sprite.tileWidth());
    message.put("tileHeight", sprite.tileHeight());
    message.put("columns", Sprite.columns(frame.images().size()));
    message.put("images", rows);
    return message;
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
    byte[] bytes = exchange.getRequestBody().readNBytes(MOST_UPLOAD_BYTES + 1);
    if (bytes.length > MOST_UPLOAD_BYTES) {
      throw new RequestException(
          413,
          "The image has more than %d MiB: send it smaller.".formatted(MOST_UPLOAD_BYTES >> 20));
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

  private void sendModel(HttpExchange exchange, long version) throws IOException, RequestException {
    ModelManifest manifest = models.manifest(version);
    if (manifest == null) {
      throw new RequestException(404, "There is no model of version %d.".formatted(version));
    }
    try (InputStream model = registry.open(manifest)) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Disposition",
              "attachment; filename=\"%s-v%d.qsm\"".formatted(manifest.identity().name(), version));
      Responses.stream(exchange, Responses.BINARY, manifest.file().bytes(), model);
    } catch (RegistryException e) {
      throw new RequestException(404, e.getMessage());
    }
  }
}
