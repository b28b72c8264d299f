package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestExemplarsTest {

  private static final PixelImage BLANK = new PixelImage(new ImageShape(1, 8, 8), new byte[8 * 8]);

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 5", "127, 8", "128, 64", "129, 64", "300, 6", "1000, 13"})
  void findsWhatComparingEachWithEachFinds(int size, int dimensions) {
    SplittableRandom random = new SplittableRandom(size);
    List<Exemplar> exemplars = new ArrayList<>();
    for (int e = 0; e < size; e++) {
      exemplars.add(exemplar("i" + e, "c" + random.nextInt(4), vector(dimensions, random)));
    }
    List<LabeledImage> images = new ArrayList<>();
    float[][] embeddings = new float[20][];
    for (int row = 0; row < embeddings.length; row++) {
      // Some of them again, with the vector that the memory has.
      int known = random.nextInt(2 * size);
      boolean again = known < size;
      images.add(image(again ? "i" + known : "new" + row, "c" + random.nextInt(4)));
      embeddings[row] = again ? exemplars.get(known).embedding() : vector(dimensions, random);
    }

    NearestExemplars found = NearestExemplars.search(images, embeddings, exemplars);

    for (int row = 0; row < embeddings.length; row++) {
      LabeledImage image = images.get(row);
      float[] query = embeddings[row];
      assertThat(found.of(row))
          .as("size %d, row %d", size, row)
          .isSameAs(first(exemplars, query, e -> !e.image().id().equals(image.id())));
      assertThat(found.ofAnotherClass(row))
          .isSameAs(
              first(
                  exemplars,
                  query,
                  e ->
                      !e.image().id().equals(image.id())
                          && !e.image().label().equals(image.label())));
      List<Exemplar> others =
          exemplars.stream().filter(e -> !e.image().id().equals(image.id())).toList();
      int ofClass = (int) others.stream().filter(e -> isOf(e, image)).count();
      if (ofClass > 0) {
        assertThat(found.precision(row, image.label(), ofClass))
            .as("size %d, row %d", size, row)
            .isEqualTo(precision(others, query, image, Math.min(ofClass, 5)));
      }
    }
  }

  @Test
  void ofEquallyNearExemplarsTheFirstIsFound() {
    List<Exemplar> exemplars = new ArrayList<>();
    for (int e = 0; e < 200; e++) {
      exemplars.add(exemplar("i" + e, "c" + e, new float[] {1, 0}));
    }
    NearestExemplars found =
        NearestExemplars.search(List.of(image("i0", "c1")), new float[][] {{1, 0}}, exemplars);

    assertThat(found.of(0)).isSameAs(exemplars.get(1));
    assertThat(found.ofAnotherClass(0)).isSameAs(exemplars.get(2));
  }

  @Test
  void findsNothingInAnEmptyMemory() {
    NearestExemplars found =
        NearestExemplars.search(List.of(image("i", "c")), new float[][] {{1, 0}}, List.of());

    assertThat(found.of(0)).isNull();
    assertThat(found.ofAnotherClass(0)).isNull();
  }

  private static boolean isOf(Exemplar exemplar, LabeledImage image) {
    return exemplar.image().label().equals(image.label());
  }

  private static double precision(
      List<Exemplar> others, float[] query, LabeledImage image, int of) {
    List<Exemplar> left = new ArrayList<>(others);
    double right = 0;
    for (int place = 0; place < of; place++) {
      Exemplar next = first(left, query, e -> true);
      right += isOf(next, image) ? 1 : 0;
      left.remove(next);
    }
    return right / of;
  }

  /** The first of the largest inner product among those that count. */
  private static Exemplar first(
      List<Exemplar> exemplars, float[] query, Predicate<Exemplar> counts) {
    Exemplar best = null;
    float largest = Float.NEGATIVE_INFINITY;
    for (Exemplar exemplar : exemplars) {
      float product = 0;
      for (int d = 0; d < query.length; d++) {
        product += query[d] * exemplar.embedding()[d];
      }
      if (counts.test(exemplar) && product > largest) {
        largest = product;
        best = exemplar;
      }
    }
    return best;
  }

  private static float[] vector(int dimensions, SplittableRandom random) {
    float[] vector = new float[dimensions];
    for (int d = 0; d < dimensions; d++) {
      vector[d] = random.nextFloat() - 0.5f;
    }
    return vector;
  }

  private static Exemplar exemplar(String id, String label, float[] embedding) {
    return new Exemplar(image(id, label), embedding, 0);
  }

  private static LabeledImage image(String id, String label) {
    return new LabeledImage(id, label, 0, BLANK);
  }
}
