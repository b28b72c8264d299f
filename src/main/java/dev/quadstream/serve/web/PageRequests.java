package dev.quadstream.serve.web;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.serve.http.Query;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Requests;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.http.WebServer;
import dev.quadstream.serve.web.StaticFiles.StaticFile;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Answers every request of the page. Thread-safe. */
final class PageRequests implements Requests {

  private static final Set<String> READING = Set.of("GET", "HEAD");

  private final WebServer server;
  private final Runnable looked;
  private final StaticFiles files = new StaticFiles();
  private final EventStream events;
  private final MapRequests map;
  private final NeighbourRequests neighbours;
  private final Thumbnails thumbnails;
  private final ModelDownloads models;
  private final Optional<Labelling> labelling;

  /**
   * Of a page that is served.
   *
   * @param looked told of each request, since somebody looks
   */
  PageRequests(
      WebServer server,
      Runnable looked,
      EventStream events,
      MapRequests map,
      NeighbourRequests neighbours,
      Thumbnails thumbnails,
      ModelDownloads models,
      Optional<Labelling> labelling) {
    this.server = server;
    this.looked = looked;
    this.events = events;
    this.map = map;
    this.neighbours = neighbours;
    this.thumbnails = thumbnails;
    this.models = models;
    this.labelling = labelling;
  }

  @Override
  public void answer(HttpExchange exchange) throws IOException, RequestException {
    looked.run();
    String path = exchange.getRequestURI().getPath();
    Map<String, String> query = Query.of(exchange.getRequestURI());
    if (path.equals("/api/neighbours") && exchange.getRequestMethod().equals("POST")) {
      neighbours.answer(exchange, query);
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
      exchange.getResponseHeaders().set("Set-Cookie", server.access().cookie(exchange));
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
      case "/api/map", "/api/map/points", "/api/map/sprite" -> map.answer(exchange, path, query);
      case "/api/neighbours" -> neighbours.answer(exchange, query);
      case "/api/thumbnail" -> thumbnails.send(exchange, query.getOrDefault("id", ""));
      case "/api/model" -> models.send(exchange, Query.number(query, "version"));
      default -> sendFile(exchange, path);
    }
  }

  private void sendFile(HttpExchange exchange, String path) throws IOException, RequestException {
    StaticFile file =
        files
            .get(path)
            .orElseThrow(() -> new RequestException(404, "There is nothing at this address."));
    Responses.send(exchange, 200, file.contentType(), Responses.NO_CACHE, file.bytes());
  }
}
