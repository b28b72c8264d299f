package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {

  @Test
  void aLocalDirectoryTellsWhatIsLeftAndAnObjectStoreDoesNot(@TempDir Path directory) {
    assertThat(FreeSpace.bytes(new org.apache.flink.core.fs.Path(directory.toUri()))).isPositive();
    assertThat(FreeSpace.bytes(new org.apache.flink.core.fs.Path(directory.toString())))
        .isPositive();
    assertThat(FreeSpace.bytes(new org.apache.flink.core.fs.Path("s3://bucket/models")))
        .isEqualTo(FreeSpace.UNKNOWN);
  }
}
