package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker that asks for tokens, which an issuer of the test's own signs. */
class OAuthBearerIT {

  private static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
  private static final String MODULE =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required";

  @TempDir private Path directory;

  private RsaJsonWebKey key;
  private HttpServer issuer;

  @BeforeEach
  void startIssuer() throws Exception {
    key = RsaJwkGenerator.generateJwk(2048);
    key.setKeyId("test");
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve("/keys", new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
    serve("/token", "{\"access_token\":\"%s\",\"token_type\":\"Bearer\"}".formatted(token()));
    issuer.start();
  }

  @AfterEach
  void stopIssuer() {
    System.clearProperty(ALLOWED);
    issuer.stop(0);
  }

  @Test
  void clientsGetInWithATokenOnceItsIssuerIsAllowedByTheSystemProperty() {
    System.setProperty(ALLOWED, url("/keys"));
    int port = FreePorts.resolve(0);
    try (KafkaBroker broker = KafkaBroker.start(directory, port, brokerSettings(port))) {
      KafkaConnection client = new KafkaConnection(broker.bootstrapServers(), clientSettings());
      assertThatThrownBy(() -> connect(client))
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessageContaining(ALLOWED);

      System.setProperty(ALLOWED, url("/keys") + "," + url("/token"));
      Topics topics = new Topics("oauth.");
      try (TopicAdmin admin = connect(client)) {
        assertThat(admin.create(topics, 1, 1)).hasSize(8);
      }
      try (KafkaImageProducer producer = new KafkaImageProducer(client, topics.images())) {
        producer.send("cup-1", "cup", "image/png", new byte[] {1}, 1);
      }
      try (TopicReader reader =
          new TopicReader(client, topics.images(), TopicReader.Start.BEGINNING)) {
        assertThat(TestingReads.take(reader, 1, Duration.ofMinutes(1)).get(0).key())
            .isEqualTo("cup-1".getBytes(UTF_8));
      }
    }
  }

  private static TopicAdmin connect(KafkaConnection client) {
    TopicAdmin admin = new TopicAdmin(client);
    admin.requireReachable();
    return admin;
  }

  private Properties brokerSettings(int port) {
    return TestingSaslBroker.settings(
        port,
        "OAUTHBEARER",
        Map.of(
            "sasl.oauthbearer.jwks.endpoint.url",
            url("/keys"),
            "listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config",
            MODULE + ";",
            "listener.name.sasl_plaintext.oauthbearer.sasl.server.callback.handler.class",
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler"));
  }

  /** As docs/operations.md has them. */
  private Map<String, String> clientSettings() {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "OAUTHBEARER",
        "sasl.oauthbearer.token.endpoint.url",
        url("/token"),
        "sasl.login.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        "sasl.jaas.config",
        MODULE + " clientId=\"quadstream\" clientSecret=\"of-the-client\";");
  }

  private String token() throws Exception {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer("test");
    claims.setSubject("quadstream");
    claims.setIssuedAtToNow();
    claims.setExpirationTimeMinutesInTheFuture(30);
    JsonWebSignature signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setKey(key.getPrivateKey());
    signature.setKeyIdHeaderValue(key.getKeyId());
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    return signature.getCompactSerialization();
  }

  private void serve(String path, String json) {
    issuer.createContext(
        path,
        exchange -> {
          byte[] body = json.getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private String url(String path) {
    return "http://127.0.0.1:" + issuer.getAddress().getPort() + path;
  }
}
