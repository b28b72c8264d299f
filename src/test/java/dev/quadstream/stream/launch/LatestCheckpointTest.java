package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatestCheckpointTest {

  @TempDir private Path directory;

  @Test
  void theNewestOfAllJobsIsFoundByTimeAndNotByName() throws IOException {
    checkpoint("b/chk-99", 1_000);
    checkpoint("a/chk-7", 3_000);
    checkpoint("savepoints/savepoint-1", 2_000);

    assertThat(latest()).isEqualTo("a/chk-7");
  }

  @Test
  void oneThatWasNotCompletedIsLeftAlone() throws IOException {
    checkpoint("a/chk-7", 1_000);
    Files.createDirectories(directory.resolve("a/chk-8"));
    Files.createDirectories(directory.resolve("a/shared"));

    assertThat(latest()).isEqualTo("a/chk-7");
  }

  @Test
  void whereNothingWasKeptNothingIsFound() throws IOException {
    assertThat(latest()).isNull();
    Files.delete(directory);
    assertThat(latest()).isNull();
    Files.createDirectory(directory);
  }

  private void checkpoint(String name, long modifiedMillis) throws IOException {
    Path metadata = Files.createDirectories(directory.resolve(name)).resolve("_metadata");
    Files.writeString(metadata, name);
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(modifiedMillis));
  }

  private String latest() {
    return LatestCheckpoint.in(new org.apache.flink.core.fs.Path(directory.toUri()))
        .map(found -> directory.relativize(Path.of(found.getPath())).toString())
        .orElse(null);
  }
}
