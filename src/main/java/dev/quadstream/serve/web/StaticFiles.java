package dev.quadstream.serve.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The page's own files, read from the class path at the start: no request reaches a path. */
final class StaticFiles {

  private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private final Map<String, StaticFile> files = new LinkedHashMap<>();

  /**
   * A file.
   *
   * @param contentType its media type
   * @param bytes its content
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record StaticFile(String contentType, byte[] bytes) {}

  StaticFiles() {
    add("/", "page/index.html", HTML);
    add("/style.css", "page/style.css", STYLE);
    add("/icon.svg", "page/icon.svg", "image/svg+xml");
    for (String script :
        new String[] {
          "main",
          "charts",
          "embedding-map",
          "feedback",
          "neighbours",
          "panels",
          "dom",
          "replica",
          "stream"
        }) {
      add("/" + script + ".js", "page/" + script + ".js", SCRIPT);
    }
    add("/uplot.js", CHARTS + "uPlot.esm.js", SCRIPT);
    add("/uplot.css", CHARTS + "uPlot.min.css", STYLE);
  }

  private void add(String path, String resource, String contentType) {
    try (InputStream stream = StaticFiles.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("The program's own file " + resource + " is missing.");
      }
      files.put(path, new StaticFile(contentType, stream.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("The program's own file " + resource + " is damaged.", e);
    }
  }

  Optional<StaticFile> get(String path) {
    return Optional.ofNullable(files.get(path));
  }
}
