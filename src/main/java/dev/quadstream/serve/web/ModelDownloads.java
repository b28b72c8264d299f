package dev.quadstream.serve.web;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.state.ModelsState;
import java.io.IOException;
import java.io.InputStream;

/** Sends model files. Thread-safe. */
final class ModelDownloads {

  private final ModelsState models;
  private final ModelRegistry registry;

  ModelDownloads(ModelsState models, ModelRegistry registry) {
    this.models = models;
    this.registry = registry;
  }

  /**
   * Sends the file of a version.
   *
   * @throws RequestException 404 if there is none
   */
  void send(HttpExchange exchange, long version) throws IOException, RequestException {
    ModelManifest manifest = models.manifest(version);
    if (manifest == null) {
      throw new RequestException(404, "There is no model of version %d.".formatted(version));
    }
    try (InputStream model = registry.open(manifest)) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Disposition",
              "attachment; filename=\"" + manifest.identity().name() + "-v" + version + ".qsm\"");
      Responses.stream(exchange, Responses.BINARY, manifest.file().bytes(), model);
    } catch (RegistryException e) {
      throw new RequestException(404, e.getMessage());
    }
  }
}
