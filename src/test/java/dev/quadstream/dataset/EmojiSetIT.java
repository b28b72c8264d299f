package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quadstream.image.PixelImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On the real packages, which {@code .ci/run} fetches by npm. */
@Tag("long")
class EmojiSetIT {

  private static final Path FOLDER = Path.of("data", "emoji");

  @Test
  void everyDesignDrawsAlmostEveryConceptAndNoTwoDrawingsAreEqual() throws Exception {
    for (EmojiDesign design : EmojiDesign.values()) {
      assumeTrue(
          Files.exists(FOLDER.resolve(design.file())),
          "There is no %s; .ci/run fetches it where npm is: %s"
              .formatted(design.file(), EmojiDesign.command(FOLDER)));
    }
    IconCatalog catalog = IconCatalog.emoji(FOLDER);

    assertThat(Files.readString(Path.of("docs", "datasets.md")))
        .contains(
            String.format(
                Locale.ROOT,
                "%,d concepts and %,d emoji",
                catalog.concepts().size(),
                IconPacks.icons(catalog).size()));
    assertThat(catalog.concepts()).contains("crab", "sailboat", "cook", "grinning-face", "keycap");
    for (EmojiDesign design : EmojiDesign.values()) {
      assertThat(IconPacks.icons(catalog))
          .filteredOn(icon -> icon.family().equals(design.text()))
          .as(design.text())
          .hasSizeGreaterThan(catalog.concepts().size() * 9 / 10);
    }
    Set<PixelImage> drawings = new HashSet<>();
    for (Icon icon : IconPacks.icons(catalog)) {
      PixelImage drawing = catalog.render(icon);
      assertThat(drawing.isOfOneColour()).as(icon.id()).isFalse();
      assertThat(drawings.add(drawing)).as(icon.id()).isTrue();
    }
    List<Icon> crabs = catalog.icons("crab");
    assertThat(crabs).allMatch(crab -> redness(catalog.render(crab)) > 0.1);
  }

  /** How much of an image is red, from 0 to 1. */
  private static double redness(PixelImage image) {
    int area = image.shape().height() * image.shape().width();
    int red = 0;
    for (int i = 0; i < area; i++) {
      if (image.valueAt(i) > 150
          && image.valueAt(i + area) < 120
          && image.valueAt(i + 2 * area) < 120) {
        red++;
      }
    }
    return (double) red / area;
  }
}
