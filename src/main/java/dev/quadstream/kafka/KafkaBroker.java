package dev.quadstream.kafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker in this JVM: one KRaft node that is its own controller, listening on the
 * loopback interface only.
 *
 * <p>Starting on a directory that a broker has used before continues with its data and its cluster
 * id. Meant for tests; a program that must survive the broker's death uses {@link
 * KafkaBrokerProcess}. Thread-safe.
 */
public final class KafkaBroker implements AutoCloseable {

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private KafkaBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker and returns once it takes requests.
   *
   * @param directory where it keeps its data; made if absent
   * @param port where clients connect, or 0 for a free one
   * @throws KafkaBrokerException if the directory cannot be used or the port is taken
   */
  public static KafkaBroker start(Path directory, int port) {
    return start(directory, FreePorts.resolve(port), new Properties());
  }

  /**
   * The same with settings of the broker's own, such as another security protocol.
   *
   * @param brokerPort where clients connect, not 0
   * @param overrides they win
   */
  static KafkaBroker start(Path directory, int brokerPort, Properties overrides) {
    Path home = directory.toAbsolutePath().normalize();
    if (home.toString().contains(",")) {
      throw new IllegalArgumentException(
          "Kafka reads a comma as the end of a directory's name: choose another than "
              + home
              + " for the broker's data.");
    }
    KafkaRaftServer server = null;
    try {
      formatOnce(home);
      Properties settings = BrokerSettings.of(home, brokerPort, FreePorts.otherThan(brokerPort));
      settings.putAll(overrides);
      server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
      server.startup();
      return new KafkaBroker(server, BrokerSettings.bootstrapServers(brokerPort));
      // Scala does not declare checked exceptions, so what startup() throws is not known here.
    } catch (Exception e) {
      if (server != null) {
        server.shutdown();
      }
      throw new KafkaBrokerException(
          "The Kafka broker on port %d with its data in %s did not start: %s"
              .formatted(brokerPort, home, e.getMessage()),
          e);
    }
  }

  private static void formatOnce(Path directory) throws Exception {
    Files.createDirectories(directory);
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    Formatter formatter =
        new Formatter()
            .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(BrokerSettings.NODE_ID)
            .setDirectories(List.of(directory.toString()))
            .setMetadataLogDirectory(directory.toString())
            .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
            .setReleaseVersion(MetadataVersion.latestProduction());
    formatter.run();
  }

  /** The address that clients connect to, as {@code host:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** How clients on this machine connect. */
  public KafkaConnection connection() {
    return KafkaConnection.to(bootstrapServers());
  }

  /** Stops the broker and waits for it; its data stay. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
