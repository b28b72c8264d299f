package dev.quadstream.serve.search;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.registry.Release;
import dev.quadstream.search.IndexedImage;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.http.Query;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Requests;
import dev.quadstream.serve.http.Responses;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Answers the requests that {@code openapi.json} describes. Thread-safe. */
final class SearchRequests implements Requests {

  private static final List<Double> SHOWN_RATES = List.of(0.01, 0.001);

  private static final String READY = "/ready";
  private static final String LABEL = "label";
  private static final String TOKEN = "token";

  /** By address what its parameters are called. */
  private static final Map<String, List<String>> PARAMETERS =
      Map.ofEntries(
          Map.entry("GET " + READY, List.of()),
          Map.entry("GET /metrics", List.of()),
          Map.entry("GET /openapi.json", List.of()),
          Map.entry("GET /v1/status", List.of()),
          Map.entry("GET /v1/image", List.of("id")),
          Map.entry("DELETE /v1/image", List.of("id")),
          Map.entry("POST /v1/search", List.of()),
          Map.entry("POST /v1/search/batch", List.of()),
          Map.entry("POST /v1/search/image", List.of("k", LABEL, "rerank")),
          Map.entry("POST /v1/embed", List.of()),
          Map.entry("POST /v1/serve", List.of("run", "release")));

  static final int MAX_QUERIES = 100;

  /** Base64 takes a third more, and the rest of a request a little. */
  private static final int JSON_BESIDE = 1 << 20;

  private final FollowedTopics topics;
  private final Searches searches;
  private final Deletions deletions;
  private final Answers answers;
  private final SearchMetrics metrics;
  private final RequestBodies images;
  private final RequestBodies json;
  private final byte[] description = description();

  /** Answers, with images of up to that many bytes. */
  SearchRequests(
      FollowedTopics topics,
      Searches searches,
      Deletions deletions,
      Answers answers,
      SearchMetrics metrics,
      int maxImageBytes) {
    this.topics = topics;
    this.searches = searches;
    this.deletions = deletions;
    this.answers = answers;
    this.metrics = metrics;
    this.images = new RequestBodies(maxImageBytes);
    this.json =
        new RequestBodies(
            (int) Math.min(Integer.MAX_VALUE - 8, maxImageBytes / 3L * 4 + JSON_BESIDE));
  }

  private static byte[] description() {
    try (InputStream stream = SearchRequests.class.getResourceAsStream("openapi.json")) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The program's own file openapi.json is damaged.", e);
    }
  }

  @Override
  public boolean isOpen(String path) {
    return path.equals(READY);
  }

  @Override
  public void answer(HttpExchange exchange) throws IOException, RequestException {
    String method =
        exchange.getRequestMethod().equals("HEAD") ? "GET" : exchange.getRequestMethod();
    String address = method + " " + exchange.getRequestURI().getPath();
    URI uri = exchange.getRequestURI();
    try {
      Map<String, String> query = parameters(address, uri);
      switch (address) {
        case "GET " + READY -> sendReady(exchange);
        case "GET /metrics" ->
            Responses.send(
                exchange, 200, SearchMetrics.CONTENT_TYPE, Responses.NO_STORE, metrics.text());
        case "GET /openapi.json" ->
            Responses.send(exchange, 200, Responses.JSON, Responses.NO_STORE, description);
        case "GET /v1/status" -> Responses.sendJson(exchange, status());
        case "GET /v1/image" -> Responses.sendJson(exchange, image(id(query)));
        case "DELETE /v1/image" -> delete(exchange, id(query));
        case "POST /v1/search" ->
            json.read(
                exchange,
                body -> Responses.sendJson(exchange, search(read(body, SearchRequest.class))));
        case "POST /v1/search/batch" ->
            json.read(
                exchange,
                body -> Responses.sendJson(exchange, batch(read(body, SearchRequest.Batch.class))));
        case "POST /v1/search/image" ->
            images.read(
                exchange,
                body ->
                    Responses.sendJson(
                        exchange, search(ofImage(body, query, Query.all(uri, LABEL)))));
        case "POST /v1/embed" ->
            images.read(exchange, body -> Responses.sendJson(exchange, embed(body)));
        case "POST /v1/serve" -> serve(exchange, query);
        default -> throw new IllegalStateException("Nothing answers " + address + ".");
      }
    } catch (RequestException e) {
      metrics.refused();
      throw e;
    }
  }

  private static Map<String, String> parameters(String address, URI uri) throws RequestException {
    List<String> own = PARAMETERS.get(address);
    if (own == null) {
      throw new RequestException(
          404, "There is no %s: /openapi.json tells what there is.".formatted(address));
    }
    Query.requireOnly(uri, Stream.concat(own.stream(), Stream.of(TOKEN)).toList(), LABEL);
    return Query.of(uri);
  }

  private void sendReady(HttpExchange exchange) throws IOException, RequestException {
    if (!topics.isReady()) {
      throw new RequestException(503, "The topics are still being read.");
    }
    Responses.sendJson(exchange, Map.of("status", "ready"));
  }

  private Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("ready", topics.isReady());
    ReleaseIndex served = topics.indexes().served().orElse(null);
    status.put("served", served == null ? null : served.key());
    status.put("images", served == null ? 0 : served.index().size());
    status.put("live", topics.live().map(FollowedTopics::keyOf).orElse(null));
    status.put("liveSince", topics.live().map(Release::time).orElse(null));
    status.put("coverage", topics.indexes().coverage());
    List<Map<String, Object>> releases = new ArrayList<>();
    for (ReleaseIndex each : topics.indexes().all()) {
      Map<String, Object> release = new LinkedHashMap<>();
      release.put("run", each.key().run());
      release.put("release", each.key().release());
      release.put("images", each.index().size());
      release.put("imagesInGraph", each.index().graphSize());
      releases.add(release);
    }
    status.put("releases", releases);
    status.put(
        "thresholds",
        served == null
            ? List.of()
            : SHOWN_RATES.stream().map(rate -> answers.thresholds(served.key(), rate)).toList());
    status.put("waitingQuestions", topics.questions().size());
    status.put("records", topics.records());
    status.put("skippedRecords", topics.skipped());
    status.put("places", topics.places());
    return status;
  }

  private Map<String, Object> image(String id) throws RequestException {
    ReleaseIndex served = searches.served();
    IndexedImage image = Searches.image(served, id);
    Map<String, Object> answer = released(served.key());
    answer.put("id", image.id());
    answer.put("label", image.label());
    answer.put("vector", image.vector());
    return answer;
  }

  private void delete(HttpExchange exchange, String id) throws IOException, RequestException {
    // Of the topics, too, where no index has it: it may wait in a window, or be skipped here.
    boolean searchable = topics.indexes().contains(id);
    deletions.delete(id);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("deleted", id);
    answer.put("wasSearchable", searchable);
    Responses.sendJson(exchange, answer);
  }

  private SearchAnswer search(SearchRequest request) throws RequestException {
    long start = System.nanoTime();
    SearchAnswer answer = searches.search(request);
    metrics.searched(System.nanoTime() - start);
    return answer;
  }

  private SearchAnswer.Batch batch(SearchRequest.Batch batch) throws RequestException {
    if (batch.queries() == null
        || batch.queries().isEmpty()
        || batch.queries().size() > MAX_QUERIES
        || batch.queries().contains(null)) {
      throw new RequestException(
          400, "A batch has 1 to %d searches in 'queries'.".formatted(MAX_QUERIES));
    }
    List<SearchAnswer> answers = new ArrayList<>();
    for (SearchRequest request : batch.queries()) {
      answers.add(search(request));
    }
    return new SearchAnswer.Batch(answers);
  }

  private static SearchRequest ofImage(byte[] image, Map<String, String> query, List<String> labels)
      throws RequestException {
    Long count = query.containsKey("k") ? Query.number(query, "k") : null;
    return new SearchRequest(
        null,
        null,
        image,
        count,
        labels.isEmpty() ? null : labels,
        Query.truth(query, "rerank"),
        null,
        null);
  }

  private Map<String, Object> embed(byte[] image) throws RequestException {
    ReleaseKey key = searches.served().key();
    Map<String, Object> answer = released(key);
    answer.put("vector", searches.embed(key, image));
    return answer;
  }

  private void serve(HttpExchange exchange, Map<String, String> query)
      throws IOException, RequestException {
    if (!query.containsKey("run")) {
      throw new RequestException(400, "A release is named by 'run' and 'release' together.");
    }
    ReleaseKey key = new ReleaseKey(query.get("run"), Query.number(query, "release"));
    if (!topics.indexes().serve(key)) {
      throw new RequestException(404, "No image of %s is here.".formatted(key));
    }
    Responses.sendJson(exchange, status());
  }

  private static Map<String, Object> released(ReleaseKey key) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("run", key.run());
    answer.put("release", key.release());
    return answer;
  }

  private static String id(Map<String, String> query) throws RequestException {
    String id = query.get("id");
    if (id == null || id.isEmpty()) {
      throw new RequestException(400, "Name an image by the parameter 'id'.");
    }
    return id;
  }

  private static <T> T read(byte[] body, Class<T> type) throws RequestException {
    try {
      return JsonMessages.readExactly(body, type);
    } catch (MalformedMessageException e) {
      throw new RequestException(
          400, "The request is not as /openapi.json has it: " + e.getMessage());
    }
  }
}
