package dev.quadstream.kafka;

import java.util.Map;
import java.util.Properties;

/** Settings of a broker on this machine that asks its clients who they are. */
final class TestingSaslBroker {

  private TestingSaslBroker() {}

  /**
   * Those of a broker on a port.
   *
   * @param mechanism of SASL, such as PLAIN
   * @param more what the mechanism takes, and what the test is about
   */
  static Properties settings(int port, String mechanism, Map<String, String> more) {
    int controller = FreePorts.otherThan(port);
    String listener = "SASL_PLAINTEXT://127.0.0.1:" + port;
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "listeners",
            listener + ",CONTROLLER://127.0.0.1:" + controller,
            "controller.quorum.voters",
            "1@127.0.0.1:" + controller,
            "advertised.listeners",
            listener,
            "listener.security.protocol.map",
            "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name",
            "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms",
            mechanism,
            "sasl.mechanism.inter.broker.protocol",
            mechanism));
    settings.putAll(more);
    return settings;
  }
}
