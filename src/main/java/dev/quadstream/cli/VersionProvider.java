package dev.quadstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;

/** The version of the build, with those of Java and the libraries that matter. */
final class VersionProvider implements CommandLine.IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    Properties versions = new Properties();
    try (InputStream stream = getClass().getResourceAsStream("version.properties")) {
      versions.load(stream);
    }
    return new String[] {
      "quadstream " + versions.getProperty("quadstream"),
      "Java %s, Flink %s, Kafka %s, Deeplearning4j %s"
          .formatted(
              System.getProperty("java.version"),
              versions.getProperty("flink"),
              versions.getProperty("kafka"),
              versions.getProperty("deeplearning4j"))
    };
  }
}
