package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.keystore.password",
        "ssl.truststore.PASSWORD",
        "sasl.jaas.config",
        "listener.name.x.sasl.JAAS.config",
        "ssl.keystore.key",
        "oauth.client.secret",
        "sasl.oauthbearer.token.endpoint.url",
        "aws.credentials"
      })
  void hidesWhatMayBeSecret(String name) {
    assertThat(Redaction.redact(Map.of(name, "hunter2"))).isEqualTo(Map.of(name, "******"));
  }

  @Test
  void showsTheRestSortedByName() {
    Properties settings = new Properties();
    settings.setProperty("security.protocol", "SASL_SSL");
    settings.setProperty("bootstrap.servers", "broker:9092");
    assertThat(Redaction.redact(settings))
        .containsExactly(
            Map.entry("bootstrap.servers", "broker:9092"),
            Map.entry("security.protocol", "SASL_SSL"));
  }
}
