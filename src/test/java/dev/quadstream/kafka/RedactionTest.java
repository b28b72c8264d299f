package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(Redaction.isSecret(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"security.protocol", "bootstrap.servers"})
  void showsTheRest(String name) {
    assertThat(Redaction.isSecret(name)).isFalse();
  }
}
