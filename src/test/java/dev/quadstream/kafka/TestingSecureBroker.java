package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A real broker that speaks TLS alone and lets in only who knows the password. */
public final class TestingSecureBroker implements AutoCloseable {

  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";

  private final KafkaBroker broker;
  private final Map<String, String> clientSettings;

  private TestingSecureBroker(KafkaBroker broker, Map<String, String> clientSettings) {
    this.broker = broker;
    this.clientSettings = clientSettings;
  }

  /**
   * Starts it for the user {@code quadstream}, with a certificate of its own making.
   *
   * @param password of the user
   * @param storePassword of the store of certificates that clients are to trust
   */
  public static TestingSecureBroker start(Path directory, String password, String storePassword)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    String keys = directory.resolve("broker-keys.p12").toString();
    String certificate = directory.resolve("broker.crt").toString();
    String trusted = directory.resolve("trusted.p12").toString();
    keytool(
        List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=broker", "-ext", "san=ip:127.0.0.1"),
        keys,
        storePassword);
    keytool(List.of("-exportcert", "-file", certificate), keys, storePassword);
    keytool(List.of("-importcert", "-noprompt", "-file", certificate), trusted, storePassword);

    int port = FreePorts.resolve(0);
    int controller = FreePorts.otherThan(port);
    Properties settings = new Properties();
    settings.setProperty(
        "listeners",
        "SASL_SSL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.setProperty("advertised.listeners", "SASL_SSL://127.0.0.1:" + port);
    settings.setProperty(
        "listener.security.protocol.map", "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.setProperty("inter.broker.listener.name", "SASL_SSL");
    settings.setProperty("ssl.keystore.location", keys);
    settings.setProperty("ssl.keystore.password", storePassword);
    settings.setProperty("ssl.truststore.location", trusted);
    settings.setProperty("ssl.truststore.password", storePassword);
    settings.setProperty("sasl.enabled.mechanisms", "PLAIN");
    settings.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.setProperty(
        "listener.name.sasl_ssl.plain.sasl.jaas.config",
        LOGIN.formatted("broker", "of-the-broker")
            + " user_broker=\"of-the-broker\" user_quadstream=\""
            + password
            + "\";");
    return new TestingSecureBroker(
        KafkaBroker.start(directory.resolve("data"), port, settings),
        Map.of(
            "security.protocol",
            "SASL_SSL",
            "ssl.truststore.location",
            trusted,
            "ssl.truststore.password",
            storePassword,
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            login(password)));
  }

  private static void keytool(List<String> what, String store, String password)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(what);
    command.addAll(List.of("-alias", "broker", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", store, "-storepass", password));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool " + what + ": " + said);
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** What a client needs to trust it and to be let in. */
  public Map<String, String> clientSettings() {
    return clientSettings;
  }

  /** The client's setting for a password. */
  public static String login(String password) {
    return LOGIN.formatted("quadstream", password) + ";";
  }

  @Override
  public void close() {
    broker.close();
  }
}
