package dev.quadstream.serve.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The page's own files, read from the class path at the start: no request reaches a path. */
final class StaticFiles {

  private static final String CHARTS = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
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
    // Their version is part of the path, and the pom's to choose.
    String charts =
        "/META-INF/resources/webjars/uplot/%s/dist/"
            .formatted(new String(read(CHARTS), UTF_8).replaceAll("(?s).*version=(\\S+).*", "$1"));
    add("/uplot.js", charts + "uPlot.esm.js", SCRIPT);
    add("/uplot.css", charts + "uPlot.min.css", STYLE);
  }

  private void add(String path, String resource, String contentType) {
    files.put(path, new StaticFile(contentType, read(resource)));
  }

  private static byte[] read(String resource) {
    try (InputStream stream = StaticFiles.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("The program's own file " + resource + " is missing.");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The program's own file " + resource + " is damaged.", e);
    }
  }

  Optional<StaticFile> get(String path) {
    return Optional.ofNullable(files.get(path));
  }
}
