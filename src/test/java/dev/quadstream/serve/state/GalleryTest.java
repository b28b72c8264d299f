package dev.quadstream.serve.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GalleryTest {

  @Test
  void keepsSoManyClassesAndSoManyImagesOfEach() {
    Gallery gallery = galleryOf(stream());

    Map<String, Long> sizes =
        gallery.images().stream()
            .collect(Collectors.groupingBy(LabeledImage::label, Collectors.counting()));
    assertThat(sizes).hasSize(5);
    assertThat(sizes.values()).containsOnly(3L);
  }

  @Test
  void holdsTheSameImagesWhateverTheOrderOfTheStream() {
    List<LabeledImage> shuffled = new ArrayList<>(stream());
    Collections.shuffle(shuffled, new Random(4));

    assertThat(galleryOf(shuffled).images()).isEqualTo(galleryOf(stream()).images());
  }

  @Test
  void forgetsWhatWasTakenBackAndHasRoomForAnother() {
    Gallery gallery = new Gallery(1, 1);
    gallery.offer(image("one", "class"));
    gallery.remove("one");
    gallery.remove("never there");

    assertThat(gallery.images()).isEmpty();
    assertThat(gallery.wants("two", "another class")).isTrue();
  }

  @Test
  void anImageThatComesAgainWithAnotherLabelMoves() {
    Gallery gallery = new Gallery(4, 4);
    gallery.offer(image("one", "wrong"));
    gallery.offer(image("one", "right"));

    assertThat(gallery.images()).extracting(LabeledImage::label).containsExactly("right");
  }

  private static Gallery galleryOf(List<LabeledImage> images) {
    Gallery gallery = new Gallery(5, 3);
    images.forEach(gallery::offer);
    return gallery;
  }

  private static List<LabeledImage> stream() {
    List<LabeledImage> images = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      images.add(image("image-" + i, "class-" + i % 20));
    }
    return images;
  }

  private static LabeledImage image(String id, String label) {
    return new LabeledImage(id, label, 0, new PixelImage(new ImageShape(1, 8, 8), new byte[64]));
  }
}
