package dev.quadstream.cluster;

import dev.quadstream.kafka.KafkaBrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A Kafka broker and a Flink cluster of separate processes. Tests that take them as a parameter
 * share them: starting them costs more than most of these tests, and what does not recover from one
 * test would not recover in production. Not thread-safe.
 */
final class TestingProcesses implements AutoCloseable {

  private final Path directory;
  private final TestingFlinkCluster cluster;
  private KafkaBrokerProcess broker;

  private TestingProcesses() throws IOException {
    this.directory = Files.createTempDirectory("quadstream-cluster");
    CompletableFuture<KafkaBrokerProcess> starting =
        CompletableFuture.supplyAsync(() -> startBroker(0));
    this.cluster = TestingFlinkCluster.startShortLived(directory);
    this.broker = starting.join();
  }

  /** Where the processes keep their logs and data. */
  Path directory() {
    return directory;
  }

  TestingFlinkCluster cluster() {
    return cluster;
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** Ends the broker with SIGKILL. */
  void killBroker() {
    broker.kill();
  }

  /** Starts a broker on the port and the data of the one that was killed. */
  void restartBroker() {
    String address = broker.bootstrapServers();
    broker = startBroker(Integer.parseInt(address.substring(address.indexOf(':') + 1)));
  }

  private KafkaBrokerProcess startBroker(int port) {
    return KafkaBrokerProcess.launch(directory.resolve("kafka"), port, directory).awaitReady();
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    broker.close();
    FileUtils.deleteDirectory(directory.toFile());
  }

  /**
   * Starts the processes with the first test that takes them, and ends them after the last test.
   */
  static final class Shared implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == TestingProcesses.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.create(TestingProcesses.class))
          .getOrComputeIfAbsent(TestingProcesses.class, key -> started(), TestingProcesses.class);
    }

    private static TestingProcesses started() {
      try {
        return new TestingProcesses();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
