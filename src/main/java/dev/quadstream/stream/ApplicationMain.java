package dev.quadstream.stream;

import dev.quadstream.stream.configuration.ConfigurationLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The job's own main, for Flink's application mode and for {@code flink run}: the cluster that
 * calls it runs the job.
 */
public final class ApplicationMain {

  private static final String FILE = "--config";
  private static final String FLAG = "--set";

  private ApplicationMain() {}

  /**
   * Starts the job on the cluster that calls this.
   *
   * @param arguments {@code --config FILE} and {@code --set key=value}, as of {@code quadstream
   *     run}; environment variables count as there
   * @throws IllegalArgumentException naming the option, its value and where that comes from
   */
  public static void main(String[] arguments) throws Exception {
    PipelineSettings settings = settings(arguments, System.getenv());
    JobLauncher.runOnThisCluster(settings, KafkaConnectors.of(settings));
  }

  static PipelineSettings settings(String[] arguments, Map<String, String> environment) {
    Path file = null;
    List<String> flags = new ArrayList<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " takes a value, and none follows.");
      }
      switch (arguments[i]) {
        case FILE -> file = Path.of(arguments[i + 1]);
        case FLAG -> flags.add(arguments[i + 1]);
        default ->
            throw new IllegalArgumentException(
                "The job takes %s FILE and %s key=value, not '%s'."
                    .formatted(FILE, FLAG, arguments[i]));
      }
    }
    return new ConfigurationLoader(environment).load(file, flags).settings();
  }
}
