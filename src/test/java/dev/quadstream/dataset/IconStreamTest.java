package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IconStreamTest {

  private static final IconCatalog CATALOG = IconCatalog.shared();
  private static final ConceptSplit SPLIT = ConceptSplit.of(CATALOG.concepts(), 42);

  @Test
  void theSameSeedGivesTheSameStreamAndAnotherSeedAnother() {
    List<EncodedImage> first = take(IconStream.ofSeed(1), 500);

    assertThat(take(IconStream.ofSeed(1), 500)).isEqualTo(first);
    assertThat(take(IconStream.ofSeed(2), 500)).isNotEqualTo(first);
  }

  @Test
  void noDrawingAndNoIdComesTwice() throws Exception {
    ImageDecoder decoder = new ImageDecoder(new ImageShape(1, 32, 32), ImageLimits.defaults());
    Set<PixelImage> drawings = new HashSet<>();
    List<EncodedImage> images = take(stream(new IconArrivals(40, 20)), 1500);
    for (EncodedImage image : images) {
      drawings.add(decoder.decode(image.bytes()));
    }

    assertThat(images).extracting(EncodedImage::id).doesNotHaveDuplicates();
    assertThat(images.get(7).id()).isEqualTo("icons/7");
    assertThat(drawings).hasSizeGreaterThan(1495);
  }

  @Test
  void onlyStreamedConceptsAppear() {
    assertThat(take(stream(new IconArrivals(40, 1)), 2000))
        .extracting(EncodedImage::label)
        .isSubsetOf(SPLIT.streamed())
        .doesNotContainAnyElementsOf(SPLIT.heldOut(HeldOutPart.BOTH));
  }

  @Test
  void newConceptsKeepArriving() {
    IconStream stream = stream(new IconArrivals(40, 20));
    Set<String> seen = new HashSet<>();
    List<Integer> seenAfter = new ArrayList<>();
    for (int part = 0; part < 8; part++) {
      take(stream, 400).forEach(image -> seen.add(image.label()));
      seenAfter.add(seen.size());
    }

    for (int part = 0; part < 7; part++) {
      int arrived = Math.min(SPLIT.streamed().size(), 40 + 20 * (part + 1));
      assertThat(seenAfter.get(part)).isBetween(arrived - 4, arrived);
    }
    assertThat(seenAfter.get(7)).isBetween(190, SPLIT.streamed().size());
    assertThat(seen).hasSize(seenAfter.get(7));
  }

  @Test
  void windowsHoldPositives() {
    IconStream stream = stream(IconArrivals.defaults());
    take(stream, 2000);
    for (int window = 0; window < 20; window++) {
      List<EncodedImage> images = take(stream, 64);
      Map<String, Long> counts =
          images.stream()
              .collect(Collectors.groupingBy(EncodedImage::label, Collectors.counting()));
      long withPositive = images.stream().filter(image -> counts.get(image.label()) > 1).count();

      assertThat(withPositive).isGreaterThan(48);
      assertThat(counts).hasSizeGreaterThan(10);
    }
  }

  @Test
  void recentConceptsAreMoreFrequent() {
    IconStream stream = stream(new IconArrivals(100, 1_000_000));
    take(stream, 500);
    Map<String, Long> counts =
        take(stream, 4000).stream()
            .collect(Collectors.groupingBy(EncodedImage::label, Collectors.counting()));
    double recent = meanCount(counts, SPLIT.streamed().subList(80, 100));
    double old = meanCount(counts, SPLIT.streamed().subList(0, 80));

    assertThat(recent / old).isBetween(2.0, 5.0);
  }

  @Test
  void tooFewConceptsAreRefused() {
    assertThatThrownBy(
            () -> new IconStream(CATALOG, List.of("trash", "heart"), IconArrivals.defaults(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3");
    assertThatThrownBy(() -> new IconArrivals(2, 10)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new IconArrivals(3, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void heldOutDrawingsAreCanonicalAndLabelled() throws Exception {
    IconDataset heldOut = new IconDataset(CATALOG, SPLIT.heldOut(HeldOutPart.BOTH));
    ImageDecoder decoder = new ImageDecoder(new ImageShape(1, 32, 32), ImageLimits.defaults());

    List<LabeledImage> drawings = heldOut.drawings();

    assertThat(drawings).hasSize((int) heldOut.size());
    assertThat(drawings)
        .extracting(LabeledImage::label)
        .isSubsetOf(SPLIT.heldOut(HeldOutPart.BOTH));
    try (Stream<EncodedImage> images = heldOut.images()) {
      List<EncodedImage> encoded = images.toList();
      for (int i = 0; i < encoded.size(); i++) {
        assertThat(encoded.get(i).id()).isEqualTo(drawings.get(i).id());
        assertThat(decoder.decode(encoded.get(i).bytes())).isEqualTo(drawings.get(i).image());
        String label = drawings.get(i).label();
        assertThat(CATALOG.icons(label))
            .extracting(icon -> icon.family() + "/" + label)
            .contains(drawings.get(i).id());
      }
    }
  }

  private static IconStream stream(IconArrivals arrivals) {
    return new IconStream(CATALOG, SPLIT.streamed(), arrivals, 42);
  }

  private static List<EncodedImage> take(IconStream stream, int count) {
    return Stream.generate(stream::next).limit(count).toList();
  }

  private static double meanCount(Map<String, Long> counts, List<String> concepts) {
    return concepts.stream()
        .collect(Collectors.averagingDouble(concept -> counts.getOrDefault(concept, 0L)));
  }
}
