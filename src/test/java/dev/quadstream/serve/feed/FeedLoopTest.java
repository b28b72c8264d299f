package dev.quadstream.serve.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.KafkaConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedLoopTest {

  /** Such as a manifest whose input size is junk, and one that is right after it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFailureThatNobodyForesawIsToldCountedAndFollowedByANewStart(boolean error) {
    AtomicInteger attempts = new AtomicInteger();
    List<String> failures = new CopyOnWriteArrayList<>();
    List<String> problems = new CopyOnWriteArrayList<>();
    try (FeedLoop loop =
        new FeedLoop(
            "images-feed",
            KafkaConnection.to("localhost:1"),
            () -> {
              if (attempts.incrementAndGet() > 2) {
                return Map.of();
              }
              if (error) {
                throw new OutOfMemoryError("heap");
              }
              throw new IllegalArgumentException("the input is 'junk'");
            },
            message -> {},
            problems::add,
            problem -> failures.add(String.valueOf(problem)))) {
      loop.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> failures.contains("null"));

      assertThat(failures.get(0)).contains("images-feed", "1 times", error ? "heap" : "'junk'");
      assertThat(failures.get(1)).contains("2 times");
      assertThat(failures.get(2)).isEqualTo("null");
      assertThat(problems).isEmpty();
    }
  }
}
