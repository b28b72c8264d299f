package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.PixelImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IconCatalogTest {

  private final IconCatalog catalog = IconCatalog.shared();

  @Test
  void manyConceptsAreSharedByManyFamilies() {
    assertThat(catalog.concepts()).hasSizeGreaterThan(350).isSorted().contains("trash", "calendar");
    assertThat(IconPacks.icons(catalog)).hasSizeGreaterThan(3500);
    assertThat(IconPacks.icons(catalog))
        .extracting(Icon::family)
        .contains("feather", "octicons", "remix");
  }

  @Test
  void aFamilyDrawsAConceptOnce() {
    for (String concept : catalog.concepts()) {
      List<Icon> icons = catalog.icons(concept);
      assertThat(icons).hasSizeGreaterThanOrEqualTo(IconPacks.MIN_FAMILIES);
      assertThat(icons).extracting(Icon::family).doesNotHaveDuplicates();
      assertThat(icons).extracting(Icon::concept).containsOnly(concept);
    }
    assertThat(IconPacks.icons(catalog)).extracting(Icon::id).doesNotHaveDuplicates();
  }

  @Test
  void siblingsCountAsOneFamily() {
    assertThat(IconFamily.ofPack("fontawesome")).isEqualTo(IconFamily.ofPack("lineawesome"));
    assertThat(IconFamily.ofPack("material")).isEqualTo(IconFamily.ofPack("materialdesign2"));
    assertThat(IconFamily.ofPack("dashicons")).isEmpty();
  }

  @Test
  void everyIconHasSomethingToSeeAndNoTwoAreEqual() {
    Set<PixelImage> drawings = new HashSet<>();
    for (Icon icon : IconPacks.icons(catalog)) {
      PixelImage drawing = catalog.render(icon);
      assertThat(darkness(drawing)).as(icon.id()).isGreaterThan(2);
      assertThat(drawings.add(drawing)).as(icon.id()).isTrue();
    }
  }

  @Test
  void drawingsAreCentredAndFillFourFifthsOfTheSquare() {
    for (String concept : List.of("trash", "calendar", "heart")) {
      for (Icon icon : catalog.icons(concept)) {
        int[] box = box(catalog.render(icon));
        int width = box[2] - box[0] + 1;
        int height = box[3] - box[1] + 1;
        assertThat(Math.max(width, height)).as(icon.id()).isBetween(24, 27);
        assertThat(Math.abs(box[0] + box[2] - 31)).as(icon.id()).isLessThanOrEqualTo(2);
        assertThat(Math.abs(box[1] + box[3] - 31)).as(icon.id()).isLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  void aPoseMovesTurnsAndScalesTheDrawing() {
    Icon icon = catalog.icons("calendar").get(0);
    int[] still = box(catalog.render(icon));
    int[] moved = box(catalog.render(icon, new IconPose(2, -1, 0, 1), 32));
    int[] small = box(catalog.render(icon, new IconPose(0, 0, 0, 0.5), 32));

    assertThat(moved).containsExactly(still[0] + 2, still[1] - 1, still[2] + 2, still[3] - 1);
    assertThat(small[2] - small[0]).isBetween(10, 14);
    assertThat(catalog.render(icon, new IconPose(0, 0, 0.1, 1), 32))
        .isNotEqualTo(catalog.render(icon));
    assertThatThrownBy(() -> new IconPose(0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theDocumentationStatesTheSizeAndTheLicenceOfEveryPack() throws Exception {
    String page = Files.readString(Path.of("docs", "datasets.md"));
    long families = IconPacks.icons(catalog).stream().map(Icon::family).distinct().count();

    assertThat(page)
        .contains(
            String.format(
                Locale.ROOT,
                "%d concepts and %,d icons of %d families",
                catalog.concepts().size(),
                IconPacks.icons(catalog).size(),
                families));
    for (IconFamily family : IconFamily.values()) {
      for (String pack : family.packs()) {
        String artifact = pack.equals("jam") ? "jamicons" : pack;
        assertThat(page).contains("| `%s` | %s |".formatted(artifact, family.familyName()));
      }
    }
  }

  @Test
  void renderingIsDeterministic() {
    for (Icon icon : catalog.icons("trash")) {
      assertThat(catalog.render(icon)).isEqualTo(catalog.render(icon));
    }
  }

  @Test
  void anUnknownConceptIsNamed() {
    assertThatThrownBy(() -> catalog.icons("no-such-thing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no-such-thing");
  }

  private static double darkness(PixelImage image) {
    double sum = 0;
    for (int i = 0; i < image.pixels().length; i++) {
      sum += 1 - image.valueAt(i) / 255.0;
    }
    return sum;
  }

  /** The first and last column and row that hold ink: left, top, right, bottom. */
  private static int[] box(PixelImage image) {
    int side = image.shape().width();
    int[] box = {side, side, -1, -1};
    for (int i = 0; i < image.pixels().length; i++) {
      if (image.valueAt(i) < 250) {
        box[0] = Math.min(box[0], i % side);
        box[1] = Math.min(box[1], i / side);
        box[2] = Math.max(box[2], i % side);
        box[3] = Math.max(box[3], i / side);
      }
    }
    return box;
  }
}
