package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.image.PixelImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On packages made by hand, of square drawings of 10 units. */
class EmojiTest {

  private static final int SIDE = 32;
  private static final int RED = 0xFF0000;
  private static final int BLUE = 0x0000FF;
  private static final int WHITE = 0xFFFFFF;

  /** Red on the left, blue on the right, at the top of the square. */
  private static final String TWO_COLOURS =
      "<path fill='#f00' d='M0 0h5v4H0z'/><path fill='#00f' d='M5 0h5v4H5z'/>";

  private static final String DISC =
      "<defs><clipPath id='a'><circle cx='5' cy='5' r='5'/></clipPath></defs>"
          + "<g clip-path='url(#a)'><path fill='%s' d='M0 0h10v10H0z'/></g>";

  @TempDir Path folder;

  @Test
  void theSameCodePointsAreAConceptWhateverADesignCallsThem() throws JsonProcessingException {
    IconCatalog catalog =
        catalog(
            design(Map.of("boat", TWO_COLOURS), Map.of("26f5", "boat")),
            design(Map.of("sailing", DISC.formatted("red")), Map.of("26f5-fe0f", "sailing")),
            design(Map.of("alone", DISC.formatted("#0f0")), Map.of("1f980", "alone")));

    assertThat(catalog.concepts()).containsExactly("boat");
    assertThat(catalog.icons("boat"))
        .containsExactly(
            new Icon("design-0/boat", "boat", "design-0"),
            new Icon("design-1/boat", "boat", "design-1"));
    IconDataset dataset = IconDataset.all(catalog);
    assertThat(dataset.name()).isEqualTo("emoji");
    assertThat(dataset.images()).extracting(EncodedImage::label).containsExactly("boat", "boat");
  }

  @Test
  void ofSeveralEmojiOfAConceptThePlainestIsDrawn() throws JsonProcessingException {
    String icons = DISC.formatted("blue");
    IconCatalog catalog =
        catalog(
            design(
                Map.of("man-cook", TWO_COLOURS, "cook", icons),
                Map.of("1f468-200d-1f373", "man-cook", "1f9d1-200d-1f373", "cook")),
            design(Map.of("cooks", DISC.formatted("red")), Map.of("1f469-200d-1f373", "cooks")));

    assertThat(catalog.concepts()).containsExactly("cook");
    PixelImage first = render(catalog, "cook", 0, IconPose.canonical());
    assertThat(colour(first, 16, 16)).isEqualTo(BLUE);
  }

  @Test
  void aDrawingIsInColourOnWhiteCentredAndFillsFourFifths() throws JsonProcessingException {
    PixelImage image = render(boats(), "boat", 0, IconPose.canonical());

    assertThat(image.shape().channels()).isEqualTo(3);
    // 10 × 4 units at 80 % of 32 pixels: 25.6 × 10.2, from 3.2 and from 10.9 on.
    assertThat(colour(image, 4, 16)).isEqualTo(RED);
    assertThat(colour(image, 27, 16)).isEqualTo(BLUE);
    assertThat(colour(image, 2, 16)).isEqualTo(WHITE);
    assertThat(colour(image, 29, 16)).isEqualTo(WHITE);
    assertThat(colour(image, 10, 12)).isEqualTo(RED);
    assertThat(colour(image, 10, 19)).isEqualTo(RED);
    assertThat(colour(image, 10, 9)).isEqualTo(WHITE);
    assertThat(colour(image, 10, 22)).isEqualTo(WHITE);
  }

  @Test
  void aPoseTurnsADrawing() throws JsonProcessingException {
    PixelImage turned = render(boats(), "boat", 0, new IconPose(0, 0, Math.PI / 2, 1));

    assertThat(colour(turned, 16, 5)).isEqualTo(RED);
    assertThat(colour(turned, 16, 26)).isEqualTo(BLUE);
    assertThat(colour(turned, 5, 16)).isEqualTo(WHITE);
  }

  @Test
  void anAliasIsItsParentMirrored() throws JsonProcessingException {
    EmojiPackage mirrored =
        packageOf(
            """
            {"width":10,"height":10,
             "icons":{"left":{"body":"%s"}},
             "aliases":{"right":{"parent":"left","hFlip":true},"again":{"parent":"right"},
                        "circular":{"parent":"circular"}}}
            """
                .formatted(TWO_COLOURS),
            "{\"26f5\":\"again\",\"1f980\":\"circular\",\"1f981\":\"missing\"}");
    IconCatalog catalog = Emoji.catalog(new TreeMap<>(Map.of("one", mirrored)), 1);

    assertThat(catalog.concepts()).containsExactly("again");
    PixelImage image = render(catalog, "again", 0, IconPose.canonical());
    assertThat(colour(image, 4, 16)).isEqualTo(BLUE);
    assertThat(colour(image, 27, 16)).isEqualTo(RED);
  }

  @Test
  void whatIsBlankOrNoSvgOrWithdrawnOrDrawnBeforeIsDropped() throws JsonProcessingException {
    EmojiPackage design =
        packageOf(
            """
            {"width":10,"height":10,"icons":{
             "first":{"body":"%1$s"},"second":{"body":"<g>%1$s</g>"},"blank":{"body":"<g/>"},
             "broken":{"body":"<g"},"gone":{"body":"%2$s","hidden":true}}}
            """
                .formatted(TWO_COLOURS, DISC.formatted("red")),
            "{\"1f980\":\"second\",\"1f981\":\"first\",\"1f982\":\"blank\",\"1f983\":\"broken\",\"1f984\":\"gone\"}");

    assertThat(Emoji.catalog(new TreeMap<>(Map.of("one", design)), 1).concepts())
        .containsExactly("first");
  }

  @Test
  void twoConceptsOfOneNameStayTwo() throws JsonProcessingException {
    EmojiPackage design =
        packageOf(
            "{\"width\":10,\"height\":10,\"icons\":{\"a\":{\"body\":\"%s\"},\"b\":{\"body\":\"%s\"}}}"
                .formatted(TWO_COLOURS, DISC.formatted("red")),
            "{\"1f980\":\"a\",\"1f981\":\"b\"}");
    EmojiPackage another =
        packageOf(
            "{\"width\":10,\"height\":10,\"icons\":{\"a\":{\"body\":\"%s\"},\"c\":{\"body\":\"%s\"}}}"
                .formatted(DISC.formatted("green"), DISC.formatted("blue")),
            "{\"1f980\":\"c\",\"1f981\":\"a\"}");

    assertThat(Emoji.catalog(new TreeMap<>(Map.of("x", design, "y", another)), 2).concepts())
        .hasSize(2);
  }

  @Test
  void aStreamOfEmojiIsTheSameForTheSameSeed() throws JsonProcessingException {
    EmojiPackage[] designs = new EmojiPackage[2];
    for (int design = 0; design < designs.length; design++) {
      designs[design] =
          design(
              Map.of(
                  "a", DISC.formatted("#10" + design),
                  "b", DISC.formatted("#20" + design),
                  "c", DISC.formatted("#30" + design)),
              Map.of("1f980", "a", "1f981", "b", "1f982", "c"));
    }

    assertThat(stream(catalog(designs))).isEqualTo(stream(catalog(designs)));
    assertThat(stream(catalog(designs)).get(0).id()).isEqualTo("emoji/0");
  }

  @Test
  void aMissingPackageSaysHowToGetAll() {
    assertThatThrownBy(() -> IconCatalog.emoji(folder))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("mkdir -p")
        .hasMessageContaining("npm pack")
        .hasMessageContaining("@iconify-json/fluent-emoji-flat@")
        .hasMessageContaining("@iconify-json/twemoji@");
  }

  @Test
  void anotherFileThanThePublishedOneIsRefused() throws IOException {
    Files.writeString(folder.resolve(EmojiDesign.NOTO.file()), "another");
    assertThatThrownBy(() -> EmojiPackage.read(folder, EmojiDesign.NOTO))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(EmojiDesign.NOTO.file())
        .hasMessageContaining("SHA-512")
        .hasMessageContaining("npm pack");
  }

  @Test
  void theDocumentationNamesEveryPackageAndTheCommand() throws IOException {
    String page = Files.readString(Path.of("docs", "datasets.md"));

    assertThat(page).contains(EmojiDesign.command(Path.of("data", "emoji")));
    for (EmojiDesign design : EmojiDesign.values()) {
      assertThat(page).contains("| `@iconify-json/%s` |".formatted(design.text()));
    }
  }

  private static IconCatalog boats() throws JsonProcessingException {
    return catalog(
        design(Map.of("boat", TWO_COLOURS), Map.of("26f5", "boat")),
        design(Map.of("boat", DISC.formatted("red")), Map.of("26f5", "boat")));
  }

  private static IconCatalog catalog(EmojiPackage... designs) {
    TreeMap<String, EmojiPackage> packages = new TreeMap<>();
    for (int i = 0; i < designs.length; i++) {
      packages.put("design-" + i, designs[i]);
    }
    return Emoji.catalog(packages, 2);
  }

  private static EmojiPackage design(Map<String, String> bodies, Map<String, String> characters)
      throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    Map<String, Map<String, String>> icons = new TreeMap<>();
    bodies.forEach((name, body) -> icons.put(name, Map.of("body", body)));
    return packageOf(
        json.writeValueAsString(Map.of("icons", icons, "width", 10, "height", 10)),
        json.writeValueAsString(characters));
  }

  private static EmojiPackage packageOf(String icons, String characters)
      throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    return new EmojiPackage(json.readTree(icons), json.readTree(characters));
  }

  private static PixelImage render(IconCatalog catalog, String concept, int icon, IconPose pose) {
    return catalog.render(catalog.icons(concept).get(icon), pose, SIDE);
  }

  private static List<EncodedImage> stream(IconCatalog catalog) {
    IconStream stream = new IconStream(catalog, catalog.concepts(), IconArrivals.defaults(), 7);
    EncodedImage[] images = new EncodedImage[20];
    Arrays.setAll(images, index -> stream.next());
    return List.of(images);
  }

  private static int colour(PixelImage image, int x, int y) {
    int index = y * SIDE + x;
    return image.valueAt(index) << 16
        | image.valueAt(index + SIDE * SIDE) << 8
        | image.valueAt(index + 2 * SIDE * SIDE);
  }
}
