package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MemorySelectionTest {

  private static final int CLASSES = 12;

  @Test
  void hardNegativesFollowWhatIsNearAndARandomSelectionDoesNot() {
    assertThat(chosen(true, 0)).isNotEqualTo(chosen(true, 1));
    assertThat(chosen(false, 0)).isEqualTo(chosen(false, 1)).hasSize(8);
  }

  /**
   * The ids that join a window of one class, of two images that lie at a memory's image.
   *
   * @param at which one
   */
  private static List<String> chosen(boolean hard, int at) {
    SplittableRandom random = new SplittableRandom(5);
    ExemplarMemory memory = new ExemplarMemory(100);
    List<Exemplar> exemplars = new ArrayList<>();
    for (int glyphClass = 0; glyphClass < CLASSES; glyphClass++) {
      for (int number = 0; number < 3; number++) {
        float[] embedding = new float[CLASSES];
        embedding[glyphClass] = 1;
        Exemplar exemplar = new Exemplar(TestingGlyphs.glyph(glyphClass, number), embedding, 1);
        exemplars.add(exemplar);
        memory.offer(exemplar, random);
      }
    }
    List<LabeledImage> images =
        List.of(TestingGlyphs.glyph(CLASSES, 0), TestingGlyphs.glyph(CLASSES, 1));
    float[][] embeddings = {exemplars.get(3 * at).embedding(), exemplars.get(3 * at).embedding()};
    return new MemorySelection(8, hard)
            .choose(
                images,
                memory,
                NearestExemplars.search(images, embeddings, exemplars),
                new SplittableRandom(9))
            .stream()
            .map(exemplar -> exemplar.image().id())
            .toList();
  }
}
