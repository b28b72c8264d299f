package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.stream.operator.ImageFetch.NotFetchedException;
import dev.quadstream.stream.options.ImageAddresses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  @Test
  void anAddressInPercentsIsThatOfItsCharactersUnlessAFileHasThatVeryName() throws Exception {
    Files.write(photos.resolve("my c\u00fcp+1.png"), new byte[] {1});
    Files.write(photos.resolve("50%20.png"), new byte[] {2});
    Files.write(photos.resolve("50 .png"), new byte[] {3});
    ImageFetch fetch = new ImageFetch(ImageAddresses.of(photos.toUri().toString()), 9);

    assertThat(fetch.read(photos.toUri() + "my%20c%C3%BCp+1.png")).containsExactly(1);
    assertThat(fetch.read(photos.toUri() + "50%20.png")).containsExactly(2);
  }

  @Test
  void whatStepsUpInPercentsIsNotRead() throws Exception {
    Path within = Files.createDirectory(photos.resolve("within"));
    Files.write(photos.resolve("secret.png"), new byte[] {1});
    ImageFetch fetch = new ImageFetch(ImageAddresses.of(within.toUri().toString()), 9);

    for (String step : List.of("%2e%2e/", "%2E./", ".%2e%2F")) {
      assertThatThrownBy(() -> fetch.read(within.toUri() + step + "secret.png"))
          .as(step)
          .isInstanceOf(NotFetchedException.class);
    }
  }

  @Test
  void aFolderThatIsAwayIsNoFaultOfTheImage() throws Exception {
    Path mounted = Files.createDirectory(photos.resolve("mounted"));
    ImageFetch fetch = new ImageFetch(ImageAddresses.of(mounted.toUri().toString()), 9);
    String address = mounted.toUri() + "cup.png";
    assertThatThrownBy(() -> fetch.read(address)).isInstanceOf(NotFetchedException.class);

    Files.delete(mounted);
    assertThatThrownBy(() -> fetch.read(address))
        .isInstanceOf(ImagesUnreachableException.class)
        .hasMessageContaining(mounted.toString());
  }

  private byte[] read(int maxBytes) throws Exception {
    Path file = Files.write(photos.resolve("cup.jpg"), new byte[] {1, 2, 3});
    return new ImageFetch(ImageAddresses.of(photos.toUri().toString()), maxBytes)
        .read(file.toUri().toString());
  }
}
