package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.search.ReleaseKey;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowedTopicsTest {

  private static final Topics TOPICS = new Topics("");

  private final FollowedTopics followed = new FollowedTopics(TOPICS, "network", Map::of);
  private long offset;

  @BeforeEach
  void begin() {
    followed.fromTheStart();
  }

  @Test
  void withoutAPointerTheNewestReleaseTakesOver() {
    embed("a", 1);
    embed("b", 1);
    followed.caughtUp();
    assertThat(served()).isEqualTo(1);

    embed("a", 2);
    assertThat(served()).as("half of its images").isEqualTo(1);
    embed("b", 2);
    assertThat(served()).isEqualTo(2);
    embed("a", 1);
    assertThat(served()).as("a late one of an older release").isEqualTo(2);
  }

  @Test
  void aPointerIsHeededAndNoNewerRelease() {
    point("network", 1);
    embed("a", 1);
    followed.caughtUp();

    point("another network", 2);
    embed("a", 2);
    assertThat(served()).isEqualTo(1);

    point("network", 2);
    assertThat(served()).isEqualTo(2);
  }

  @Test
  void readFromTheStartAgainItServesWhatItHadUntilItHasCaughtUpAndNothingThatIsGone() {
    embed("a", 1);
    embed("deleted while Kafka was away", 1);
    followed.caughtUp();

    followed.fromTheStart();
    embed("a", 1);
    assertThat(followed.isReady()).isTrue();
    assertThat(images()).isEqualTo(2);

    followed.caughtUp();
    assertThat(images()).isEqualTo(1);
  }

  private void embed(String id, long release) {
    EmbeddingMessage embedding =
        new EmbeddingMessage("run", id, "cup", release, release, 0, new float[] {1, 0});
    take(TOPICS.embeddings(), id, embedding.toJson());
  }

  private void point(String network, long version) {
    Release release =
        new Release(
            new ModelManifest.Identity(network.replace(' ', '-'), "run", version),
            ModelManifest.File.NONE,
            0,
            version,
            new ReleaseDecision(version, null, "gate", "released", false, List.of(), null));
    take(TOPICS.releases(), network, JsonMessages.write(release));
  }

  private void take(String topic, String key, byte[] value) {
    followed.take(new ConsumerRecord<>(topic, 0, offset++, key.getBytes(UTF_8), value));
  }

  private long served() {
    ReleaseKey key = followed.indexes().served().orElseThrow().key();
    return key.release();
  }

  private int images() {
    return followed.indexes().served().orElseThrow().index().size();
  }
}
