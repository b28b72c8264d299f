package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFilesTest {

  @TempDir Path directory;

  @Test
  void whatADeadProcessHasLeftIsDeletedAndWhatALiveOneHoldsStays() throws Exception {
    TemporaryFiles dead = TemporaryFiles.in(directory);
    Path left = add(dead, "left");
    Path within = Files.createDirectories(dead.add("").resolve("kafka/images-0"));
    Files.writeString(within.resolve("0.log"), "left");
    TemporaryFiles alive = TemporaryFiles.in(directory);
    Path held = add(alive, "held");
    Path strange = Files.createDirectory(directory.resolve("quadstream-files-of-mine"));
    assertThat(left).hasContent("left");

    dead.release();
    TemporaryFiles next = TemporaryFiles.in(directory);

    assertThat(left.getParent()).doesNotExist();
    assertThat(held).hasContent("held");
    assertThat(strange).exists();
    alive.release();
    next.release();
  }

  private static Path add(TemporaryFiles files, String text) throws IOException {
    return Files.writeString(files.add(".txt"), text);
  }
}
