package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.Topics;
import dev.quadstream.search.NeighbourQuery;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.VectorIndex;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class GraphExtensionTest {

  private static final Topics TOPICS = new Topics("");
  private static final int EXACT_UP_TO = 100;

  private final FollowedTopics followed =
      new FollowedTopics(
          TOPICS, "network", Map::of, FollowedTopicsTest.NOTHING_PUBLISHED, EXACT_UP_TO);
  private long offset;

  @Test
  void aReleaseOfMoreImagesThanAreSearchedExactlyGetsAGraphAndASmallerOneNone() {
    followed.begin(Optional.empty());
    for (int image = 0; image < 3 * EXACT_UP_TO; image++) {
      embed(1, image);
      if (image < EXACT_UP_TO) {
        embed(2, image);
      }
    }
    followed.caughtUp();

    try (GraphExtension graphs = new GraphExtension(followed)) {
      List<VectorIndex> indexes =
          followed.indexes().all().stream().map(ReleaseIndex::index).toList();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> indexes.get(0).graphSize() == 3 * EXACT_UP_TO);

      assertThat(indexes.get(1).graphSize()).isZero();
      assertThat(indexes.get(0).nearest(new NeighbourQuery(vector(7), 1, label -> true, null)))
          .extracting(neighbour -> neighbour.id())
          .containsExactly("image-7");
    }
  }

  private void embed(long release, int image) {
    byte[] json =
        new EmbeddingMessage("run", "image-" + image, "cup", release, release, 0, vector(image))
            .toJson();
    followed.take(
        new ConsumerRecord<>(
            TOPICS.embeddings(), 0, offset++, ("image-" + image).getBytes(UTF_8), json));
  }

  private static float[] vector(int image) {
    return new float[] {(float) Math.cos(image * 0.01), (float) Math.sin(image * 0.01)};
  }
}
