package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListedIconTest {

  private static final Path LIST =
      Path.of("src/main/resources/dev/quadstream/dataset", ListedIcon.RESOURCE);

  @Test
  void theListIsWhatThePacksHold() throws IOException {
    List<String> found = IconPacks.icons().stream().map(ListedIconTest::line).toList();
    if (Boolean.getBoolean("icons.write")) {
      Files.write(LIST, found);
    }
    assertThat(Files.readAllLines(LIST))
        .as("write it anew: mvn test -Dtest=ListedIconTest -Dicons.write=true")
        .isEqualTo(found);
  }

  @Test
  void aLineIsReadAsItWasWritten() throws IOException {
    assertThat(ListedIcon.all())
        .hasSizeGreaterThan(3500)
        .extracting(ListedIconTest::line)
        .isEqualTo(Files.readAllLines(LIST));
  }

  private static String line(ListedIcon listed) {
    return String.join(
        "\t",
        listed.icon().concept(),
        listed.icon().family(),
        listed.glyph().font().substring(ListedIcon.FONTS.length()),
        Integer.toHexString(listed.glyph().codePoint()));
  }
}
