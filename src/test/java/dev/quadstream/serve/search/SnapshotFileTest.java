package dev.quadstream.serve.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.search.IndexedImage;
import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.ReleaseIndexes;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.search.Questions.Question;
import dev.quadstream.serve.search.Snapshot.Header;
import dev.quadstream.serve.search.Snapshot.Place;
import dev.quadstream.serve.search.Snapshot.ReleaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {

  private static final ReleaseKey OLD = new ReleaseKey("run", 1);
  private static final ReleaseKey NEW = new ReleaseKey("run", 2);

  @TempDir private Path directory;

  private Path path;
  private SnapshotFile file;

  @BeforeEach
  void name() {
    path = directory.resolve("folder").resolve("snapshot");
    file = new SnapshotFile(path);
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    assertThat(file.read(() -> new ReleaseIndexes(Integer.MAX_VALUE)))
        .as("before the first")
        .isEmpty();
    Snapshot written = snapshot();

    file.write(snapshot());
    file.write(written);

    Snapshot read = file.read(() -> new ReleaseIndexes(Integer.MAX_VALUE)).orElseThrow();
    assertThat(read.header()).isEqualTo(written.header());
    assertThat(read.indexes().all()).extracting(ReleaseIndex::key).containsExactly(OLD, NEW);
    for (ReleaseIndex release : written.indexes().all()) {
      var index = read.indexes().of(release.key()).orElseThrow();
      assertThat(index.ids()).isEqualTo(release.index().ids());
      for (String id : index.ids()) {
        IndexedImage image = index.get(id).orElseThrow();
        assertThat(image.vector()).isEqualTo(release.index().get(id).orElseThrow().vector());
        assertThat(image.label()).isEqualTo(release.index().get(id).orElseThrow().label());
      }
    }
    assertThat(read.trials()).isEqualTo(written.trials());
    try (var files = Files.list(path.getParent())) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void aByteThatIsAnotherAnywhereIsFound() throws IOException {
    file.write(snapshot());
    byte[] whole = Files.readAllBytes(path);

    for (int place = 0; place < whole.length; place++) {
      byte[] damaged = whole.clone();
      damaged[place] ^= 0x10;
      Files.write(path, damaged);
      assertThatThrownBy(() -> file.read(() -> new ReleaseIndexes(Integer.MAX_VALUE)))
          .as("byte %d of %d", place, whole.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void oneThatIsCutOffOrSomethingElseIsFound() throws IOException {
    file.write(snapshot());
    byte[] whole = Files.readAllBytes(path);

    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> file.read(() -> new ReleaseIndexes(Integer.MAX_VALUE)))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(IOException.class);
    }
    Files.write(path, "some text that was never a snapshot".getBytes());
    assertThatThrownBy(() -> file.read(() -> new ReleaseIndexes(Integer.MAX_VALUE)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void oneThatCannotBeWrittenLeavesNothingBehind() throws IOException {
    Files.createDirectories(path.resolve("in its place"));

    assertThatThrownBy(() -> file.write(snapshot())).isInstanceOf(IOException.class);

    try (var files = Files.list(path.getParent())) {
      assertThat(files).containsExactly(path);
    }
  }

  private static Snapshot snapshot() {
    ReleaseIndexes indexes = new ReleaseIndexes(Integer.MAX_VALUE);
    indexes.put(OLD, "a", "cup", new float[] {1, 0});
    indexes.put(NEW, "a \"é\"", null, new float[] {0, -1, Float.MIN_VALUE});
    indexes.put(NEW, "b", "", new float[] {0.6f, 0.8f, 0});
    OpenSetTrials trials = new OpenSetTrials();
    trials.add(1, 1, "a", "cup");
    trials.add(1, 2, "b", "cup");
    trials.add(1, 2, "c", "jug");
    Header header =
        new Header(
            "network",
            1_700_000_000_000L,
            Map.of("embeddings", "one", "releases", "other"),
            List.of(new Place("embeddings", 0, 17), new Place("embeddings", 1, 3)),
            null,
            NEW,
            List.of(new ReleaseFile(NEW, "ab")),
            List.of(new Question("q", NEW, 1, 2), new Question("gone", null, 0, 5)));
    return new Snapshot(header, indexes, Map.of("run", trials.state()));
  }
}
