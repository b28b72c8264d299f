package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.serve.feed.KafkaProbe;
import dev.quadstream.serve.state.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker with ACLs: who may use the topics may see neither their settings nor groups. */
class AuthorizationIT {

  private static final Topics TOPICS = new Topics("acl.");
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%1$s\"";

  @TempDir static Path directory;
  private static KafkaBroker broker;
  private static KafkaConnection user;

  @BeforeAll
  static void startBroker() throws Exception {
    int port = FreePorts.resolve(0);
    broker = KafkaBroker.start(directory, port, settings(port));
    user = as("user");
    List<AclBinding> allowed =
        Stream.of(AclOperation.CREATE, AclOperation.DESCRIBE, AclOperation.READ, AclOperation.WRITE)
            .map(AuthorizationIT::allowed)
            .toList();
    try (Admin admin = Admin.create(as("broker").settings(Map.of()))) {
      admin.createAcls(allowed).all().get();
    }
    try (TopicAdmin admin = new TopicAdmin(as("broker"))) {
      admin.create(TOPICS, 1, 1);
    }
    // The controller answers before the broker knows.
    try (TopicAdmin admin = new TopicAdmin(user)) {
      await().untilAsserted(() -> assertThat(admin.describe(TOPICS.all())).hasSize(8));
    }
  }

  private static Properties settings(int port) {
    return TestingSaslBroker.settings(
        port,
        "PLAIN",
        Map.of(
            "listener.name.sasl_plaintext.plain.sasl.jaas.config",
            LOGIN.formatted("broker") + " user_broker=\"broker\" user_user=\"user\";",
            "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users",
            "User:broker;User:ANONYMOUS"));
  }

  private static KafkaConnection as(String name) {
    return broker
        .connection()
        .with(
            Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", LOGIN.formatted(name) + ";"));
  }

  private static AclBinding allowed(AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, TOPICS.prefix(), PatternType.PREFIXED),
        new AccessControlEntry("User:user", "*", operation, AclPermissionType.ALLOW));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void topicsAreMade() {
    try (TopicAdmin admin = new TopicAdmin(user)) {
      assertThat(admin.create(new Topics(TOPICS.prefix() + "made."), 1, 1)).hasSize(8);
    }
  }

  @Test
  void aStartSaysWhatItCannotSeeAndGoesOn() {
    try (TopicAdmin admin = new TopicAdmin(user)) {
      assertThat(TopicCheck.of(admin, TOPICS, 64, Duration.ofMinutes(1)))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.fatal()).isFalse();
                assertThat(finding.message()).contains("cannot be read", "uthoriz");
              });
      assertThat(PipelineJobs.of(admin, TOPICS.images(), "network").hosts()).isEmpty();
      assertThat(PipelineJobs.ofOtherNetworks(admin, TOPICS.images(), "network")).isEmpty();
    }
  }

  @Test
  void thePageTakesItForReachable() {
    RunState state = new RunState("network");
    new KafkaProbe(user, "group", TOPICS.images(), "network", state.health()).ask();
    assertThat(state.status(0, state.shown(null)).state()).isEqualTo("waiting");
  }

  @Test
  void topicsThatMayNotBeSeenAreNoReasonToLookForTheBroker() {
    try (TopicAdmin admin = new TopicAdmin(user)) {
      assertThatThrownBy(() -> admin.describe(List.of("foreign")))
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining(broker.bootstrapServers() + " refused");
    }
  }
}
