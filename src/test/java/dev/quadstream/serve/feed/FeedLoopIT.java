package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.TestingBatches;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedLoopIT {

  private static final Topics TOPICS = new Topics("feed.");

  @TempDir private Path directory;

  @Test
  void whoIsToLackNoneReadsAllAnewWhereARecordFoundNoRoom() {
    List<String> taken = new CopyOnWriteArrayList<>();
    List<String> failures = new CopyOnWriteArrayList<>();
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("kafka"), 0)) {
      try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
        admin.create(TOPICS, 1, 1);
      }
      TestingBatches.send(broker, TOPICS.embeddings(), "a", "b", "c");
      try (FeedLoop loop =
          new FeedLoop(
              "all-feed",
              broker.connection(),
              () -> Map.of(TOPICS.embeddings(), Long.MAX_VALUE),
              message -> {
                String value = new String(message.value(), UTF_8);
                if (value.equals("b") && !taken.contains("full")) {
                  taken.add("full");
                  throw new OutOfMemoryError("Java heap space");
                }
                taken.add(value);
              },
              problem -> {},
              failure -> failures.add(String.valueOf(failure)))) {
        loop.lackNone();
        loop.whenCaughtUp(() -> taken.add("caught up"));
        loop.start();
        await().atMost(Duration.ofMinutes(1)).until(loop::hasCaughtUp);
        await().atMost(Duration.ofMinutes(1)).until(() -> taken.contains("caught up"));
      }
    }

    assertThat(taken).containsExactly("a", "full", "a", "b", "c", "caught up");
    assertThat(failures).anyMatch(failure -> failure.contains("has failed 1 times"));
  }
}
