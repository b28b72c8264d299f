package dev.quadstream.kafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** A real broker that lets in only who knows the password. */
public final class TestingSaslBroker implements AutoCloseable {

  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";

  private final KafkaBroker broker;
  private final String password;

  private TestingSaslBroker(KafkaBroker broker, String password) {
    this.broker = broker;
    this.password = password;
  }

  /** Starts it for the user {@code quadstream}. */
  public static TestingSaslBroker start(Path directory, String password) {
    int port = FreePorts.resolve(0);
    Properties settings = new Properties();
    int controller = FreePorts.otherThan(port);
    settings.setProperty(
        "listeners",
        "SASL_PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.setProperty("advertised.listeners", "SASL_PLAINTEXT://127.0.0.1:" + port);
    settings.setProperty(
        "listener.security.protocol.map", "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.setProperty("inter.broker.listener.name", "SASL_PLAINTEXT");
    settings.setProperty("sasl.enabled.mechanisms", "PLAIN");
    settings.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.setProperty(
        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
        LOGIN.formatted("broker", "of-the-broker")
            + " user_broker=\"of-the-broker\" user_quadstream=\""
            + password
            + "\";");
    return new TestingSaslBroker(KafkaBroker.start(directory, port, settings), password);
  }

  /** Where it listens, as {@code host:port}. */
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** What a client needs to be let in. */
  public Map<String, String> clientSettings() {
    return clientSettings(password);
  }

  /** The same with another password. */
  public static Map<String, String> clientSettings(String password) {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN.formatted("quadstream", password) + ";");
  }

  @Override
  public void close() {
    broker.close();
  }
}
