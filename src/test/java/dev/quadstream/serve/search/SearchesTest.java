package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.MatchMessage.Candidate;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.http.RequestException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without Kafka and without models: ids and vectors are searched all the same. */
class SearchesTest {

  private static final Topics TOPICS = new Topics("");

  @TempDir private Path directory;

  private final FollowedTopics followed =
      new FollowedTopics(
          TOPICS, "network", Map::of, FollowedTopicsTest.NOTHING_PUBLISHED, Integer.MAX_VALUE);
  private ReleaseNetworks models;
  private Searches searches;
  private long offset;

  @BeforeEach
  void fill() {
    models =
        new ReleaseNetworks(
            new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri())),
            "network",
            followed::live);
    searches =
        new Searches(followed, models, shape -> new ImageDecoder(shape, ImageLimits.defaults()));
    followed.begin(Optional.empty());
    embed("a", "cup", 1, 1, 0);
    embed("b", "cup", 1, 0, 1);
    embed("c", null, 1, -1, 0);
  }

  @AfterEach
  void close() {
    models.close();
  }

  @Test
  void anImageIsComparedWithinTheReleaseThatIsAskedForAlone() throws Exception {
    followed.caughtUp();
    embed("a", "cup", 2, 0, -1);

    assertThat(ids(search("a", null, null))).containsExactly("b", "c");
    assertThat(search("a", "run", 2L).candidates()).as("alone in its release").isEmpty();
    assertThat(search("a", "run", 1L).release()).isEqualTo(1);
    assertThatThrownBy(() -> search("b", "run", 2L)).hasMessageContaining("No image of that id");
  }

  @Test
  void aReleaseThatIsGoneIsRefusedWithTheOneThatIsServed() {
    followed.caughtUp();
    embed("a", "cup", 2, 0, -1);
    embed("b", "cup", 2, 0, -1);
    embed("c", null, 2, 0, -1);

    assertThatThrownBy(() -> search("a", "run", 1L))
        .isInstanceOfSatisfying(
            RequestException.class, refused -> assertThat(refused.status()).isEqualTo(409))
        .hasMessageContaining("release 1 of run run is not here")
        .hasMessageContaining("release 2 of run run is served");
    assertThatThrownBy(() -> search("a", null, 2L)).hasMessageContaining("together");
  }

  @Test
  void withoutItsModelGIsNotToldAndNothingIsReRanked() throws Exception {
    followed.caughtUp();

    SearchAnswer answer = searches.search(request("a", null, null, false));

    assertThat(answer.images()).isEqualTo(3);
    assertThat(answer.candidates())
        .containsExactly(new Candidate("b", "cup", 0, null), new Candidate("c", null, -1, null));
    assertThatThrownBy(() -> searches.search(request("a", null, null, true)))
        .hasMessageContaining("re-ranked")
        .hasMessageContaining("not at hand");
  }

  @Test
  void theHundredNearestComeInTheOrderOfGAndTheOthersStayWhereTheyAre() throws Exception {
    List<Candidate> nearest =
        IntStream.range(0, 150)
            .mapToObj(i -> new Candidate("image-" + i, "cup", 1 - i / 150f, 1 - i / 150f))
            .toList();

    List<Candidate> reRanked = Searches.reRanked(new ReleaseKey("run", 1), nearest);

    assertThat(reRanked.subList(0, 100))
        .containsExactlyInAnyOrderElementsOf(nearest.subList(0, 100))
        .isSortedAccordingTo(Comparator.comparing(Candidate::g));
    assertThat(reRanked.subList(100, 150)).isEqualTo(nearest.subList(100, 150));
  }

  @Test
  void untilTheTopicsHaveBeenReadNothingIsAnswered() {
    assertThatThrownBy(() -> search("a", null, null))
        .isInstanceOfSatisfying(
            RequestException.class, refused -> assertThat(refused.status()).isEqualTo(503));
  }

  private SearchAnswer search(String id, String run, Long release) throws RequestException {
    return searches.search(request(id, run, release, false));
  }

  private static SearchRequest request(String id, String run, Long release, boolean rerank) {
    return new SearchRequest(id, null, null, 10L, null, rerank, run, release);
  }

  private static List<String> ids(SearchAnswer answer) {
    return answer.candidates().stream().map(Candidate::id).toList();
  }

  private void embed(String id, String label, long release, float... vector) {
    byte[] embedding = new EmbeddingMessage("run", id, label, release, release, 0, vector).toJson();
    followed.take(
        new ConsumerRecord<>(TOPICS.embeddings(), 0, offset++, id.getBytes(UTF_8), embedding));
  }
}
