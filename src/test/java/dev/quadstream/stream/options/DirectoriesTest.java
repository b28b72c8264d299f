package dev.quadstream.stream.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoriesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/my models/50% off",
        "/my%20models/a#b?c",
        "my models",
        "s3://a-bucket/my models/50% off",
        "s3://under_score/models",
        "hdfs://host:9000/models"
      })
  void whatCameOutStaysTheSameWhenItIsGivenAgain(String directory) {
    String uri = Directories.asUri(directory);

    assertThat(uri).endsWith(directory);
    assertThat(Directories.asUri(uri)).isEqualTo(uri);
  }

  @Test
  void aDirectoryThatIsThereIsWrittenAsOneThatIsNot(@TempDir Path directory) {
    assertThat(Directories.asUri(directory.toString())).isEqualTo("file:" + directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "~", "~/models", "~me/models"})
  void whatIsNoNameOrAShellsIsRefusedWithTheWayOut(String directory) {
    assertThatThrownBy(() -> Directories.asUri(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'" + directory + "'", "Give ");
    assertThat(Directories.asUri("./~/models")).endsWith("/~/models");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://a b", "s3://a b/models", "s3://a%20b/models"})
  void noBucketIsCalledSo(String directory) {
    assertThatThrownBy(() -> Directories.asUri(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'" + directory + "'", "no host or bucket", "s3://bucket/");
  }
}
