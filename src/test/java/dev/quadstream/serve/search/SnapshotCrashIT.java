package dev.quadstream.serve.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.search.ReleaseIndexes;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.search.Snapshot.Header;
import dev.quadstream.serve.search.Snapshot.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed while it writes a snapshot. */
class SnapshotCrashIT {

  private static final int HITS = 2;
  private static final int MAX_KILLS = 10;
  private static final int IMAGES = 100_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  @Test
  void theSnapshotBeforeIsThereWhole() throws Exception {
    Path path = directory.resolve("snapshot");
    Path temporary = directory.resolve("snapshot.tmp");
    SplittableRandom random = new SplittableRandom(5);
    int hits = 0;
    for (int kill = 0; hits < HITS; kill++) {
      assertThat(kill).as("kills for %d hits", HITS).isLessThan(MAX_KILLS);
      Files.deleteIfExists(path);
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  SnapshotCrashIT.class.getName(),
                  path.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("said").toFile())
              .start();
      try {
        long bytes = 1 + random.nextInt(20_000_000);
        await()
            .atMost(PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> Files.exists(path) && size(temporary) >= bytes);
      } finally {
        writer.destroyForcibly().waitFor();
      }

      hits += Files.exists(temporary) ? 1 : 0;
      Snapshot read =
          new SnapshotFile(path).read(() -> new ReleaseIndexes(Integer.MAX_VALUE)).orElseThrow();
      assertThat(read.indexes().all().get(0).index().size()).isEqualTo(IMAGES);
      assertThat(read.header().places().get(0).next()).isPositive();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Writes snapshots until it is killed. */
  public static void main(String[] arguments) throws IOException {
    ReleaseIndexes indexes = new ReleaseIndexes(Integer.MAX_VALUE);
    float[] vector = new float[64];
    for (int image = 0; image < IMAGES; image++) {
      vector[image % vector.length] = image;
      indexes.put(new ReleaseKey("run", 1), "image-" + image, "class", vector);
    }
    SnapshotFile file = new SnapshotFile(Path.of(arguments[0]));
    for (long round = 1; true; round++) {
      List<Place> places = List.of(new Place("embeddings", 0, round));
      file.write(
          new Snapshot(
              new Header("network", 0, Map.of(), places, null, null, null, List.of()),
              indexes,
              Map.of()));
    }
  }
}
