package dev.quadstream.cli;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Models in a registry that nobody loads. */
final class TestingModels {

  private TestingModels() {}

  /** Publishes the versions 1 to {@code count}. */
  static void publish(Path directory, String name, String run, int count, int bytes) {
    for (int version = 1; version <= count; version++) {
      publish(directory, name, run, version, new byte[bytes]);
    }
  }

  /** One model. */
  static void publish(Path directory, String name, String run, long version, byte[] model) {
    registry(directory)
        .publish(
            ModelManifest.draft(
                new ModelManifest.Identity(name, run, version),
                version,
                version,
                new ModelManifest.Network("config", "small", "learned", 64, "1x32x32", null),
                new ModelManifest.Margins(0.25, 0.25),
                Map.of()),
            model);
  }

  /** The versions of all runs of a network, the oldest first. */
  static List<Long> versions(Path directory, String name) {
    return registry(directory).list(name).stream()
        .map(manifest -> manifest.identity().version())
        .toList();
  }

  private static ModelRegistry registry(Path directory) {
    return new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri()));
  }
}
