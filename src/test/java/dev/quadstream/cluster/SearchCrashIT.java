package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.search.TestingVectors;
import dev.quadstream.serve.search.TestingClient;
import dev.quadstream.serve.web.TestingProgram;
import dev.quadstream.stream.options.NetworkConfig;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A job and the search service beside it, each of which is killed now and then. */
@Tag("long")
@ExtendWith(TestingProcesses.Shared.class)
class SearchCrashIT {

  private static final long SEED = 31;
  private static final int POINTS = 200;
  private static final Set<Integer> KILLS_OF_THE_JOB = Set.of(60, 150);
  private static final Set<Integer> KILLS_OF_SEARCH = Set.of(30, 90, 130, 180);

  /** Of those after which it has no snapshot to start from. */
  private static final int WITHOUT_SNAPSHOT = 130;

  private static final int WINDOWS_AHEAD = 12;
  private static final int NEIGHBOURS = 10;
  private static final int DIMENSIONS = 16;
  private static final Map<String, String> OPTIONS =
      Map.of(
          "kafka.delivery", "at_least_once",
          "release.policy", "every",
          "publish.every", "32",
          "checkpoint.interval", "2 s");

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<ReleaseKey, Map<String, float[]>> expected = new HashMap<>();
  private long next;

  @Test
  void itAnswersAtEveryPointAsBruteForceOverTheTopicDoes(TestingProcesses processes)
      throws Exception {
    try (TestingRun run = new TestingRun(processes, "found", SEED, 1, OPTIONS);
        TopicReader topic =
            new TopicReader(
                KafkaConnection.to(processes.bootstrapServers()),
                "found.embeddings",
                TopicReader.Start.BEGINNING)) {
      run.start();
      run.sendWindows(2);
      run.sendQuestions(30);
      TestingProgram program = search(processes, run, 0);
      try {
        TestingClient client = client(program);
        run.awaitTrained(2);
        for (int point = 1; point <= POINTS; point++) {
          if (run.sentWindows() < run.trainedWindows() + WINDOWS_AHEAD) {
            run.sendWindows(1);
          }
          run.observe();
          if (KILLS_OF_THE_JOB.contains(point)) {
            killJob(processes, run);
          }
          if (KILLS_OF_SEARCH.contains(point)) {
            program.close();
            if (point == WITHOUT_SNAPSHOT) {
              Files.deleteIfExists(snapshot(run));
            }
            program = search(processes, run, point);
            client = client(program);
          }
          if (point % 25 == 0) {
            delete(client, topic);
          }
          assertAnswers(client, topic, point);
        }
        assertThat(expected.keySet()).as("releases").hasSizeGreaterThan(2);
      } finally {
        program.close();
      }
    }
  }

  private static Path snapshot(TestingRun run) {
    return run.directory().resolve("snapshot");
  }

  private static TestingProgram search(TestingProcesses processes, TestingRun run, int point) {
    return TestingProgram.start(
        run.directory().resolve("search-" + point + ".log"),
        List.of(
            "search",
            "--port=0",
            "--snapshot=" + snapshot(run),
            "--set=kafka.bootstrap-servers=" + processes.bootstrapServers(),
            "--set=kafka.topic-prefix=found.",
            "--set=network.name=" + run.settings().get(NetworkConfig.NAME),
            "--set=registry.directory=" + run.settings().registryDirectory()));
  }

  private static TestingClient client(TestingProgram program) {
    TestingClient client = new TestingClient(program.awaitAfter("Search at ").split(",", 2)[0]);
    client.awaitRecords(0);
    return client;
  }

  /**
   * Once a checkpoint has been begun and completed since the last release: a job that goes on from
   * before one embeds by the release before it again, of which search has dropped the images.
   */
  private void killJob(TestingProcesses processes, TestingRun run) throws Exception {
    int completed = CheckpointStatistics.of(run).counts().completed();
    run.observeUntil(
        "checkpoints", () -> CheckpointStatistics.of(run).counts().completed() > completed + 1);
    processes.cluster().killTaskManager();
    processes.cluster().launchTaskManager();
  }

  /** Seen within a second of the answer that says so. */
  private void delete(TestingClient client, TopicReader topic) {
    readOn(topic);
    Map<String, float[]> served = expected.get(served(client.get("/v1/status").json()));
    String id = served.keySet().stream().sorted().toList().get(random.nextInt(served.size()));
    String path = "/v1/image?id=" + URLEncoder.encode(id, UTF_8);
    assertThat(client.delete(path).status()).as(id).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(1))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> client.get(path).status() == 404);
  }

  private static ReleaseKey served(JsonNode status) {
    return key(status.path("served"));
  }

  private static ReleaseKey key(JsonNode json) {
    return new ReleaseKey(json.path("run").asText(), json.path("release").asLong());
  }

  /** Asks until both have read as far as the topic goes, and nothing came while it was asked. */
  private void assertAnswers(TestingClient client, TopicReader topic, int point) {
    float[] probe = TestingVectors.unit(DIMENSIONS, random);
    String query = new String(JsonMessages.write(Map.of("vector", probe, "k", NEIGHBOURS)), UTF_8);
    long deadline = System.nanoTime() + TestingRun.PATIENCE.toNanos();
    while (true) {
      readOn(topic);
      JsonNode before = client.get("/v1/status").json();
      JsonNode answer = client.post("/v1/search", query).json();
      JsonNode after = client.get("/v1/status").json();
      if (place(before) == next && place(after) == next && served(before).equals(served(after))) {
        assertSame(probe, answer, key(after.path("live")));
        return;
      }
      assertThat(System.nanoTime())
          .as("point %d: %d of %d records taken", point, place(after), next)
          .isLessThan(deadline);
    }
  }

  private static long place(JsonNode status) {
    for (JsonNode place : status.path("places")) {
      if (place.path("topic").asText().equals("found.embeddings")) {
        return place.path("next").asLong();
      }
    }
    return 0;
  }

  private void readOn(TopicReader topic) {
    for (Optional<ConsumerRecord<byte[], byte[]>> message = topic.next(Duration.ZERO);
        message.isPresent();
        message = topic.next(Duration.ZERO)) {
      take(message.get());
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> message) {
    next = message.offset() + 1;
    if (message.value() == null) {
      String id = new String(message.key(), UTF_8);
      expected.values().forEach(images -> images.remove(id));
    } else {
      EmbeddingMessage embedding = EmbeddingMessage.fromJson(message.value());
      expected
          .computeIfAbsent(
              new ReleaseKey(embedding.run(), embedding.release()), release -> new HashMap<>())
          .put(embedding.id(), embedding.vector());
    }
  }

  private void assertSame(float[] probe, JsonNode answer, ReleaseKey live) {
    ReleaseKey served = key(answer);
    Map<String, float[]> images = expected.get(served);
    List<String> found = new ArrayList<>();
    answer.path("candidates").forEach(each -> found.add(each.path("id").asText()));

    assertThat(answer.path("images").asInt()).as("%s", served).isEqualTo(images.size());
    assertThat(found)
        .isEqualTo(
            images.keySet().stream()
                .sorted(
                    Comparator.comparingDouble(
                            (String id) -> TestingVectors.squared(images.get(id), probe))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(NEIGHBOURS)
                .toList());
    Map<String, float[]> ofLive = expected.getOrDefault(live, Map.of());
    long covered = images.keySet().stream().filter(ofLive::containsKey).count();
    assertThat(served.equals(live) || covered < 0.995 * images.size())
        .as("%s is served, the live %s has %d of %d", served, live, covered, images.size())
        .isTrue();
  }
}
