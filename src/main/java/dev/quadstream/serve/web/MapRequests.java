package dev.quadstream.serve.web;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.serve.http.Query;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.state.MapFrame;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.Sprite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers what is asked of the map. Thread-safe. */
final class MapRequests {

  private final ModelsState models;
  private final PublishedEmbeddings published;

  MapRequests(ModelsState models, PublishedEmbeddings published) {
    this.models = models;
    this.published = published;
  }

  /** Sends the map of a version, its points or its images, as the path says. */
  void answer(HttpExchange exchange, String path, Map<String, String> query)
      throws IOException, RequestException {
    MapFrame frame = frame(query);
    switch (path) {
      case "/api/map" -> Responses.sendJson(exchange, describe(frame));
      case "/api/map/points" ->
          Responses.send(exchange, 200, Responses.BINARY, Responses.NO_STORE, frame.pointBytes());
      default ->
          Responses.send(
              exchange,
              200,
              Responses.PNG,
              Responses.NO_STORE,
              new Sprite(frame.images().get(0).pixels().shape()).png(frame.images()));
    }
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
}
