package dev.quadstream.stream;

import dev.quadstream.stream.launch.ApplicationMain;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.yaml.snakeyaml.Yaml;

/** The deployment files, parsed. */
final class TestingDeployment {

  static final String DEPLOYMENT = "deploy/kubernetes/flinkdeployment.yaml";

  private TestingDeployment() {}

  static Configuration flink() {
    return GlobalConfiguration.loadConfiguration("flink-conf");
  }

  /** The services of docker-compose.yml. */
  static Map<String, Map<String, Object>> services() {
    Map<String, Map<String, Object>> services = new HashMap<>();
    map(yaml("docker-compose.yml").get("services"))
        .forEach((name, service) -> services.put(name, map(service)));
    return services;
  }

  /** The {@code spec} of the FlinkDeployment. */
  static Map<String, Object> specification() {
    return map(yaml(DEPLOYMENT).get("spec"));
  }

  /** The options of the job that docker-compose.yml starts. */
  static PipelineSettings jobOfCompose() {
    List<String> command = strings(services().get("jobmanager").get("command"));
    return job(command.subList(command.indexOf("--from-savepoint"), command.size()));
  }

  /** The options that a job reads from its arguments. */
  static PipelineSettings job(List<String> arguments) {
    return ApplicationMain.read(arguments.toArray(String[]::new), Map.of()).settings();
  }

  /** By version, which people read, and by content, which nobody can move. */
  static boolean isPinned(String image) {
    return image.matches("[^:@]+:v?\\d+\\.\\d+\\.\\d+[^@]*@sha256:[0-9a-f]{64}");
  }

  @SuppressWarnings("unchecked") // YAML's maps have text for keys here.
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  static List<String> strings(Object value) {
    return ((List<?>) value).stream().map(String::valueOf).toList();
  }

  static Map<String, Object> yaml(String file) {
    return new Yaml().load(text(file));
  }

  static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("Not readable from the project's directory: " + file, e);
    }
  }
}
