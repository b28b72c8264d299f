package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.stream.options.ImageAddresses;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFetchTest {

  @TempDir private Path photos;

  @ParameterizedTest
  @ValueSource(ints = {3, 4, Integer.MAX_VALUE})
  void aFileWithinTheLimitIsRead(int maxBytes) throws Exception {
    assertThat(read(maxBytes)).containsExactly(1, 2, 3);
  }

  @Test
  void aLargerOneIsRefused() {
    assertThatThrownBy(() -> read(2)).hasMessageContaining("more than the 2 bytes");
  }

  private byte[] read(int maxBytes) throws Exception {
    Path file = Files.write(photos.resolve("cup.jpg"), new byte[] {1, 2, 3});
    return new ImageFetch(ImageAddresses.of(photos.toUri().toString()), maxBytes)
        .read(file.toUri().toString());
  }
}
