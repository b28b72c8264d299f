package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FontFilesTest {

  @TempDir Path directory;

  @Test
  void whatADeadProcessHasLeftIsDeletedAndWhatALiveOneHoldsStays() throws Exception {
    FontFiles dead = FontFiles.in(directory);
    Path left = add(dead, "left");
    FontFiles alive = FontFiles.in(directory);
    Path held = add(alive, "held");
    Path strange = Files.createDirectory(directory.resolve("quadstream-fonts-of-mine"));
    assertThat(left).hasContent("left");

    dead.release();
    FontFiles next = FontFiles.in(directory);

    assertThat(left.getParent()).doesNotExist();
    assertThat(held).hasContent("held");
    assertThat(strange).exists();
    alive.release();
    next.release();
  }

  private static Path add(FontFiles fonts, String text) throws IOException {
    return fonts.add(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
