package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.search.IndexedImage;
import dev.quadstream.search.ReleaseIndexes;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.search.Questions.Question;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedTopicsTest {

  static final FollowedTopics.Published NOTHING_PUBLISHED =
      new FollowedTopics.Published() {
        @Override
        public Optional<ModelManifest> of(ReleaseKey key) {
          return Optional.empty();
        }

        @Override
        public boolean wasAnother(ModelManifest model) {
          return false;
        }
      };

  private static final Topics TOPICS = new Topics("");

  private final Map<ReleaseKey, ModelManifest> registry = new HashMap<>();
  private final FollowedTopics followed = following(Map::of);
  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
  private boolean wasAnother = true;
  private long offset;

  private FollowedTopics following(Supplier<Map<Integer, Long>> unanswered) {
    return new FollowedTopics(
        TOPICS,
        "network",
        unanswered,
        new FollowedTopics.Published() {
          @Override
          public Optional<ModelManifest> of(ReleaseKey key) {
            return Optional.ofNullable(registry.get(key));
          }

          @Override
          public boolean wasAnother(ModelManifest model) {
            return wasAnother;
          }
        },
        Integer.MAX_VALUE);
  }

  @BeforeEach
  void begin() {
    followed.begin(Optional.empty());
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
  void aForgedPointerIsCountedAndMovesNothing() {
    point("network", 1);
    embed("a", 1);
    embed("a", 2);
    followed.caughtUp();

    take(TOPICS.releases(), "network", JsonMessages.write(pointer("another-network", 2, 2)));
    take(TOPICS.releases(), "network", JsonMessages.write(pointer("network", 1, 2)));
    take(TOPICS.releases(), "network", "{\"version\":2}".getBytes(UTF_8));
    take(TOPICS.releases(), "network", new byte[] {'{'});
    take(TOPICS.releases(), "network", null);

    assertThat(followed.skipped()).isEqualTo(4);
    assertThat(followed.live().orElseThrow().identity().version()).isEqualTo(1);
    assertThat(served()).isEqualTo(1);
  }

  @Test
  void readFromTheStartAgainItServesWhatItHadUntilItHasCaughtUpAndNothingThatIsGone() {
    embed("a", 1);
    embed("deleted while Kafka was away", 1);
    followed.caughtUp();

    followed.begin(Optional.empty());
    embed("a", null, 1, 0, 0);
    assertThat(followed.isReady()).isTrue();
    assertThat(images()).isEqualTo(2);
    assertThat(followed.questions().size()).isEqualTo(1);
    assertThat(followed.hasCaughtUp()).as("so that its questions can be answered").isFalse();

    followed.caughtUp();
    assertThat(images()).isEqualTo(1);
    assertThat(followed.hasCaughtUp()).isTrue();
  }

  @Test
  void readFromTheStartAgainItServesWhatWasCommandedUnlessAnotherReleaseWentLive() {
    embedThree();
    point("network", 1);
    followed.caughtUp();
    assertThat(followed.indexes().serve(new ReleaseKey("run", 2))).isTrue();

    followed.begin(Optional.empty());
    point("network", 3);
    point("network", 1);
    embedThree();
    followed.caughtUp();
    assertThat(served()).isEqualTo(2);

    followed.begin(Optional.empty());
    point("network", 3);
    embedThree();
    followed.caughtUp();
    assertThat(served()).as("the one with the most images").isEqualTo(1);
  }

  @Test
  void aVersionThatIsAnotherModelAfterGoingBackIsSearchedWithoutTheFormersImages() {
    point("network", 1, "a");
    embed("a", 1);
    embed("b", 1);
    followed.caughtUp();
    followed.indexes().serve(new ReleaseKey("run", 1));
    point("network", 1, "a");
    assertThat(images()).as("live again, and the same").isEqualTo(2);

    point("network", 1, "b");
    assertThat(followed.indexes().served()).isEmpty();
    embed("a", 1);
    assertThat(images()).isEqualTo(1);
    assertThat(served()).isEqualTo(1);
  }

  @Test
  void aVersionThatBecameAnotherModelWhileSearchWasDownIsSearchedWithoutTheFormersImages() {
    publish(1, "b", 200);
    point("network", 1, "b");
    embedAt(100, "of the former", 1);
    embedAt(200, "a", 1);
    followed.caughtUp();

    assertThat(images()).isEqualTo(1);
    assertThat(followed.indexes().contains("of the former")).isFalse();
    assertThat(followed.skipped()).isEqualTo(1);
  }

  @Test
  void aSnapshotOfAVersionThatBecameAnotherModelSinceIsUsedWithoutTheFormersImages() {
    // Before the snapshot and after it; or nobody can tell, as the registry is away.
    for (long publishedAt : List.of(200L, Long.MAX_VALUE / 2, -1L)) {
      registry.clear();
      begin();
      point("network", 1, "a");
      embedAt(100, "of the former", 1);
      embedAt(100, "of the former, too", 1);
      embedAt(100, "and a third", 1);
      point("network", 2, "c");
      embedAt(150, "of another version", 2);
      embedAt(150, "and one more", 2);
      followed.caughtUp();
      Snapshot snapshot = followed.snapshot(Map.of()).orElseThrow();
      assertThat(snapshot.indexes().contains("of the former")).isTrue();

      if (publishedAt >= 0) {
        publish(1, "b", publishedAt);
      }
      FollowedTopics restored = following(Map::of);
      restored.begin(Optional.of(snapshot));
      restored.take(message(TOPICS.releases(), "network", pointer("b"), publishedAt + 1));
      restored.take(message(TOPICS.embeddings(), "a", embedding("a", 1), publishedAt + 1));
      restored.caughtUp();

      assertThat(restored.indexes().contains("of the former")).isFalse();
      assertThat(restored.indexes().contains("of another version")).isTrue();
      assertThat(restored.indexes().contains("a")).isTrue();
    }
  }

  @Test
  void afterAClockWasSetBackAVersionKeepsWhatItEmbeddedBeforeItSeemsToBe() {
    wasAnother = false;
    publish(1, "a", 200);
    embedAt(100, "a", 1);
    point("network", 1, "a");
    followed.caughtUp();
    FollowedTopics restored = following(Map::of);
    publish(1, "a", Long.MAX_VALUE);
    restored.begin(followed.snapshot(Map.of()));
    restored.caughtUp();

    assertThat(images()).isEqualTo(1);
    assertThat(restored.indexes().contains("a")).isTrue();
  }

  @Test
  void aModelThatOnlyWasPublishedAgainKeepsItsSnapshot() {
    publish(1, "a", 100);
    point("network", 1, "a");
    embedAt(150, "a", 1);
    followed.caughtUp();
    Snapshot snapshot = followed.snapshot(Map.of()).orElseThrow();

    publish(1, "a", Long.MAX_VALUE);
    FollowedTopics restored = following(Map::of);
    restored.begin(Optional.of(snapshot));
    restored.caughtUp();

    assertThat(restored.indexes().contains("a")).isTrue();
  }

  @Test
  void aVersionThatWasNeverLiveIsDroppedAsWellWhereItBecomesAnotherModel() {
    publish(2, "a", 100);
    point("network", 1, "c");
    embedAt(150, "of the former", 2);
    followed.caughtUp();

    point("network", 2, "b");

    assertThat(followed.indexes().contains("of the former")).isFalse();
  }

  @Test
  void whileKafkaIsAskedForTheOffsetsTheStatusIsThere() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    FollowedTopics slow =
        following(
            () -> {
              asked.countDown();
              awaitUninterruptibly(answer);
              return Map.of();
            });
    CompletableFuture<?> begun = CompletableFuture.runAsync(() -> slow.begin(Optional.empty()));
    try {
      asked.await();
      assertThat(CompletableFuture.supplyAsync(slow::places).get(10, TimeUnit.SECONDS)).isEmpty();
      assertThat(begun).isNotDone();
    } finally {
      answer.countDown();
      begun.get(10, TimeUnit.SECONDS);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSnapshotNamesNoImageThatWasDeleted() {
    embed("deleted", "cup", 1, 4, 0);
    embed("stays", "cup", 1, 5, 0);
    embed("deleted, too", "cup", 1, 6, 0);
    take(TOPICS.embeddings(), "deleted", null);
    take(TOPICS.embeddings(), "deleted, too", null);
    followed.caughtUp();

    Snapshot snapshot = followed.snapshot(Map.of()).orElseThrow();

    assertThat(new String(JsonMessages.write(snapshot.trials()), UTF_8))
        .contains("cup")
        .doesNotContain("deleted");
  }

  @Test
  void whereARecordFoundNoRoomNothingIsKeptUntilAllIsReadAnew() {
    embed("a", 1);
    followed.caughtUp();
    ConsumerRecord<byte[], byte[]> full =
        new ConsumerRecord<>(TOPICS.embeddings(), 0, offset++, "b".getBytes(UTF_8), null) {
          @Override
          public byte[] value() {
            throw new OutOfMemoryError("Java heap space");
          }
        };

    assertThatThrownBy(() -> followed.take(full)).isInstanceOf(OutOfMemoryError.class);
    embed("c", 1);
    assertThat(followed.hasCaughtUp()).isFalse();
    assertThat(followed.snapshot(Map.of())).isEmpty();

    followed.begin(Optional.empty());
    embed("a", 1);
    embed("b", 1);
    embed("c", 1);
    followed.caughtUp();
    assertThat(images()).isEqualTo(3);
    assertThat(followed.snapshot(Map.of())).isPresent();
  }

  @Test
  void aTopicThatIsMadeAnewIsToBeReadFromItsStart() {
    point("network", 1);
    embed("of the former", 1);
    followed.caughtUp();

    offset = 0;
    assertThatThrownBy(() -> embed("a", 2))
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("embeddings-0 was made anew");
    assertThat(followed.hasCaughtUp()).isFalse();

    followed.begin(Optional.empty());
    offset = 0;
    embed("a", 2);
    embed("b", null, 3, 3, 0);
    followed.caughtUp();
    assertThat(served()).as("the newest, as no pointer is there").isEqualTo(3);
    assertThat(followed.questions().size()).isEqualTo(1);
  }

  @Test
  void aDeletionTakesTheAnswerAlongOfAnImageThatWasLabelledSince() {
    embed("a", null, 1, 0, 0);
    embed("a", 1);
    assertThat(followed.questions().size()).isZero();

    take(TOPICS.embeddings(), "a", null);

    assertThat(followed.questions().all()).containsExactly(new Question("a", null, 0, 2));
  }

  @Test
  void anEmbeddingOfARunThatCannotBeIsSkipped() {
    for (String run : List.of("my run", "", "../models")) {
      EmbeddingMessage embedding = new EmbeddingMessage(run, "q", null, 1, 1L, 0, new float[] {1});
      take(TOPICS.embeddings(), "q", embedding.toJson());
    }

    assertThat(followed.skipped()).isEqualTo(3);
    assertThat(followed.questions().size()).isZero();
  }

  private void embedThree() {
    embed("a", 1);
    embed("b", 1);
    embed("a", 2);
  }

  /** What is read while a snapshot is written may be in it, and is told again. */
  @Test
  void onFromASnapshotItHoldsWhatItHoldsFromTheStart(@TempDir Path directory) throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    SnapshotFile file = new SnapshotFile(directory.resolve("snapshot"));
    for (int round = 0; round < 60; round++) {
      begin();
      log.clear();
      offset = 0;
      // One that has no images, so that no release's index goes.
      point("network", 9);
      int captured = random.nextInt(200);
      something(random, captured);
      followed.caughtUp();
      Snapshot snapshot = followed.snapshot(Map.of()).orElseThrow();
      something(random, random.nextInt(20));
      file.write(snapshot);
      something(random, random.nextInt(50));

      FollowedTopics restored = following(Map::of);
      Map<TopicPartition, Long> places =
          restored.begin(file.read(() -> new ReleaseIndexes(Integer.MAX_VALUE)));
      log.stream()
          .filter(
              message ->
                  message.offset()
                      >= places.getOrDefault(new TopicPartition(message.topic(), 0), 0L))
          .forEach(restored::take);
      restored.caughtUp();

      assertThat(restored.records()).isEqualTo(log.size() - captured - 1);
      assertThat(contents(restored)).isEqualTo(contents(followed));
      assertThat(restored.questions().all())
          .containsExactlyInAnyOrderElementsOf(followed.questions().all());
      assertThat(restored.trials(new ReleaseKey("run", 1)).state())
          .isEqualTo(followed.trials(new ReleaseKey("run", 1)).state());
      assertThat(restored.live()).isEqualTo(followed.live());
    }
  }

  private void something(SplittableRandom random, int records) {
    for (int record = 0; record < records; record++) {
      String id = "image-" + random.nextInt(30);
      int release = 1 + random.nextInt(3);
      switch (random.nextInt(10)) {
        case 0 -> take(TOPICS.embeddings(), id, null);
        case 1, 2 -> embed(id, null, release, 0, random.nextDouble());
        default ->
            embed(id, "class-" + random.nextInt(9), release, release + 1, random.nextDouble());
      }
    }
  }

  private static Map<String, String> contents(FollowedTopics topics) {
    Map<String, String> contents = new HashMap<>();
    for (ReleaseIndex release : topics.indexes().all()) {
      for (String id : release.index().ids()) {
        IndexedImage image = release.index().get(id).orElseThrow();
        contents.put(
            release.key() + ": " + id, image.label() + " " + Arrays.toString(image.vector()));
      }
    }
    return contents;
  }

  private void embed(String id, long release) {
    embed(id, "cup", release, 0, 0);
  }

  private void embed(String id, String label, long release, long window, double angle) {
    EmbeddingMessage embedding =
        new EmbeddingMessage(
            "run",
            id,
            label,
            release,
            release,
            window,
            new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
    take(TOPICS.embeddings(), id, embedding.toJson());
  }

  private void embedAt(long timestamp, String id, long release) {
    followed.take(message(TOPICS.embeddings(), id, embedding(id, release), timestamp));
  }

  private static byte[] embedding(String id, long release) {
    return new EmbeddingMessage("run", id, "cup", release, release, 0, new float[] {1, 0}).toJson();
  }

  private static byte[] pointer(String sha256) {
    return JsonMessages.write(pointer("network", 1, 1, sha256));
  }

  private ConsumerRecord<byte[], byte[]> message(
      String topic, String key, byte[] value, long timestamp) {
    return new ConsumerRecord<>(
        topic,
        0,
        offset++,
        timestamp,
        TimestampType.CREATE_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        key.getBytes(UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private void publish(long version, String sha256, long createdAt) {
    registry.put(
        new ReleaseKey("run", version),
        new ModelManifest(
            ModelManifest.FORMAT_VERSION,
            new ModelManifest.Identity("network", "run", version),
            version,
            new ModelManifest.File("", sha256, 0),
            createdAt,
            null,
            null,
            Map.of(),
            null,
            null));
  }

  private void point(String network, long version) {
    point(network, version, "");
  }

  private void point(String network, long version, String sha256) {
    take(
        TOPICS.releases(),
        network,
        JsonMessages.write(pointer(network.replace(' ', '-'), version, version, sha256)));
  }

  private static Release pointer(String network, long version, long live) {
    return pointer(network, version, live, "");
  }

  private static Release pointer(String network, long version, long live, String sha256) {
    return new Release(
        new ModelManifest.Identity(network, "run", version),
        new ModelManifest.File("", sha256, 0),
        0,
        version,
        new ReleaseDecision(live, null, "gate", "released", false, List.of(), null));
  }

  private void take(String topic, String key, byte[] value) {
    ConsumerRecord<byte[], byte[]> message =
        new ConsumerRecord<>(topic, 0, offset++, key.getBytes(UTF_8), value);
    log.add(message);
    followed.take(message);
  }

  private long served() {
    ReleaseKey key = followed.indexes().served().orElseThrow().key();
    return key.release();
  }

  private int images() {
    return followed.indexes().served().orElseThrow().index().size();
  }
}
