package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExemplarMemoryTest {

  private static final ImageShape SHAPE = new ImageShape(1, 8, 8);
  private static final PixelImage BLANK = new PixelImage(SHAPE, new byte[SHAPE.size()]);

  @Test
  void keepsEverythingWhileThereIsRoomInOrderOfArrivalWithinAClass() {
    ExemplarMemory memory = new ExemplarMemory(6);
    offerAll(memory, new SplittableRandom(1), "a0", "b0", "a1", "a2", "b1", "a3");

    assertThat(ids(memory)).containsExactly("a0", "a1", "a2", "a3", "b0", "b1");
    assertThat(memory.size()).isEqualTo(6);
    assertThat(memory.classes()).isEqualTo(2);
    assertThat(ids(memory.ofClass("b"))).containsExactly("b0", "b1");
    assertThat(memory.ofClass("z")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 30})
  void neverHoldsMoreThanItsCapacityNorAnImageTwiceWhateverHappens(int capacity) {
    SplittableRandom random = new SplittableRandom(capacity);
    ExemplarMemory memory = new ExemplarMemory(capacity);
    for (int step = 0; step < 5_000; step++) {
      // Few ids, so that many are offered again, under other classes too.
      String id = "i" + random.nextInt(60);
      if (random.nextInt(5) == 0) {
        boolean held = ids(memory).contains(id);
        assertThat(memory.remove(id)).isEqualTo(held);
        assertThat(ids(memory)).doesNotContain(id);
      } else {
        memory.offer(exemplar(id, "c" + random.nextInt(9)), random);
      }

      assertThat(memory.size()).isLessThanOrEqualTo(capacity);
      assertThat(ids(memory)).doesNotHaveDuplicates().hasSize(memory.size());
      assertThat(memory.groups()).hasSize(memory.classes());
      for (ExemplarMemory.Group group : memory.groups()) {
        assertThat(group.exemplars())
            .isNotEmpty()
            .hasSizeLessThanOrEqualTo((int) Math.min(group.seen(), capacity))
            .allMatch(kept -> kept.image().label().equals(group.label()));
      }
    }
  }

  @Test
  void takesOverWhatAnotherMemoryHoldsWithinItsCapacityAndWithRareClassesKept() {
    ExemplarMemory memory = new ExemplarMemory(12);
    ExemplarMemory other = new ExemplarMemory(12);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 10; i++) {
      memory.offer(exemplar("a" + i, "a"), random);
      other.offer(exemplar("b" + i, "b"), random);
    }
    other.offer(exemplar("rare", "rare"), random);
    other.offer(exemplar("a3", "a"), random);

    memory.offerAll(other, random);

    assertThat(memory.size()).isEqualTo(12);
    assertThat(ids(memory)).doesNotHaveDuplicates();
    assertThat(ids(memory.ofClass("rare"))).containsExactly("rare");
    assertThat(memory.ofClass("a")).hasSizeBetween(5, 6);
    assertThat(memory.ofClass("b")).hasSizeBetween(5, 6);
  }

  @Test
  void rareClassesKeepAllTheirImagesAndFrequentOnesShareTheRest() {
    ExemplarMemory memory = new ExemplarMemory(40);
    SplittableRandom random = new SplittableRandom(2);
    for (int step = 0; step < 3_000; step++) {
      memory.offer(exemplar("often" + step, "often" + random.nextInt(3)), random);
      if (step % 600 == 0) {
        memory.offer(exemplar("rare" + step, "rare"), random);
      }
    }

    assertThat(memory.size()).isEqualTo(40);
    assertThat(memory.ofClass("rare")).hasSize(5);
    for (int often = 0; often < 3; often++) {
      assertThat(memory.ofClass("often" + often)).hasSizeBetween(11, 12);
    }
  }

  @Test
  void everyImageOfAClassIsKeptWithTheSameProbability() {
    int images = 20;
    int runs = 20_000;
    int[] kept = new int[images];
    SplittableRandom random = new SplittableRandom(3);
    for (int run = 0; run < runs; run++) {
      ExemplarMemory memory = new ExemplarMemory(5);
      for (int image = 0; image < images; image++) {
        memory.offer(exemplar("a" + image), random);
      }
      countKept(memory, "a", kept);
    }

    assertSameChance(kept, runs * 5.0 / images);
  }

  /** A class that other classes shrink must not let its latest images in at a better price. */
  @Test
  void everyImageOfAClassIsKeptWithTheSameProbabilityAlsoWhereOtherClassesShrinkIt() {
    int images = 20;
    int runs = 20_000;
    int[] kept = new int[images];
    int held = 0;
    SplittableRandom random = new SplittableRandom(4);
    for (int run = 0; run < runs; run++) {
      ExemplarMemory memory = new ExemplarMemory(8);
      for (int image = 0; image < images; image++) {
        memory.offer(exemplar("a" + image), random);
        if (image >= 10) {
          memory.offer(exemplar("b" + image), random);
          memory.offer(exemplar((image % 2 == 0 ? "d" : "e") + image), random);
        }
      }
      held += countKept(memory, "a", kept);
    }

    assertThat((double) held / runs).isBetween(1.0, 4.0);
    assertSameChance(kept, (double) held / images);
  }

  @Test
  void anImageOfTheSameIdIsReplacedAlsoAcrossClasses() {
    ExemplarMemory memory = new ExemplarMemory(4);
    SplittableRandom random = new SplittableRandom(5);
    offerAll(memory, random, "a0", "a1", "b0", "b1");
    Exemplar again = exemplar("a0");
    memory.offer(again, random);
    assertThat(memory.size()).isEqualTo(4);
    assertThat(memory.ofClass("a")).hasSize(2).contains(again);

    memory.offer(exemplar("a0", "b"), random);

    assertThat(ids(memory.ofClass("a"))).containsExactly("a1");
    assertThat(ids(memory.ofClass("b"))).containsExactlyInAnyOrder("a0", "b0", "b1");
  }

  @Test
  void aClassGoesWithItsLastImageAndComesBackAsNew() {
    ExemplarMemory memory = new ExemplarMemory(4);
    SplittableRandom random = new SplittableRandom(6);
    offerAll(memory, random, "a0", "b0", "b1");

    assertThat(memory.remove("a0")).isTrue();
    assertThat(memory.remove("a0")).isFalse();
    assertThat(memory.remove("unknown")).isFalse();
    assertThat(memory.classes()).isEqualTo(1);
    assertThat(ids(memory)).containsExactly("b0", "b1");

    memory.offer(exemplar("a9"), random);
    assertThat(memory.groups().get(1))
        .isEqualTo(new ExemplarMemory.Group("a", 1, memory.ofClass("a")));
  }

  @Test
  void aClassThatLostImagesByRemovalGrowsAgain() {
    ExemplarMemory memory = new ExemplarMemory(12);
    SplittableRandom random = new SplittableRandom(7);
    for (int image = 0; image < 50; image++) {
      offerAll(memory, random, "a" + image, "b" + image);
    }
    ids(memory.ofClass("a")).stream().skip(1).forEach(memory::remove);
    for (int image = 50; image < 60; image++) {
      memory.offer(exemplar("b" + image), random);
    }
    assertThat(memory.ofClass("a")).hasSize(1);

    for (int image = 60; image < 70; image++) {
      memory.offer(exemplar("a" + image), random);
    }

    assertThat(memory.size()).isEqualTo(12);
    assertThat(memory.ofClass("a")).hasSizeBetween(5, 7);
  }

  @Test
  void newClassesWithoutEndTakeThePlacesOfOldOnes() {
    ExemplarMemory memory = new ExemplarMemory(50);
    SplittableRandom random = new SplittableRandom(8);
    for (int newClass = 0; newClass < 2_000; newClass++) {
      memory.offer(exemplar("first" + newClass, "c" + newClass), random);
      memory.offer(exemplar("second" + newClass, "c" + newClass), random);
      assertThat(memory.size()).isLessThanOrEqualTo(50);
      assertThat(memory.ofClass("c" + newClass)).isNotEmpty();
    }

    assertThat(memory.classes()).isEqualTo(50);
    assertThat(memory.ofClass("c0")).isEmpty();
    assertThat(memory.ofClass("c1999")).hasSize(1);
  }

  @Test
  void aCopyIsIndependentInBothDirections() {
    ExemplarMemory memory = new ExemplarMemory(4);
    SplittableRandom random = new SplittableRandom(9);
    offerAll(memory, random, "a0", "a1", "b0");
    List<ExemplarMemory.Group> before = memory.groups();
    ExemplarMemory copy = memory.copy();

    offerAll(memory, random, "a2", "c0", "c1");
    memory.remove("b0");
    memory.reembed(5, 100, images -> new float[images.size()][2]);
    assertThat(copy.groups()).isEqualTo(before);
    assertThat(copy.exemplars()).allMatch(kept -> kept.modelVersion() == 0);
    assertThat(copy.size()).isEqualTo(3);

    List<ExemplarMemory.Group> later = memory.groups();
    copy.remove("a0");
    offerAll(copy, random, "x0", "x1", "x2");
    assertThat(memory.groups()).isEqualTo(later);
  }

  @Test
  void groupsAreASnapshotThatNothingChangesAnyMore() {
    ExemplarMemory memory = new ExemplarMemory(3);
    SplittableRandom random = new SplittableRandom(10);
    offerAll(memory, random, "a0", "a1");
    List<ExemplarMemory.Group> snapshot = memory.groups();
    offerAll(memory, random, "a2", "a3");
    memory.remove("a0");

    assertThat(snapshot).hasSize(1);
    assertThat(ids(snapshot.get(0).exemplars())).containsExactly("a0", "a1");
    assertThat(snapshot.get(0).seen()).isEqualTo(2);
  }

  @Test
  void aMemoryFromASnapshotGoesOnAsTheOneItWasTakenFrom() {
    ExemplarMemory memory = new ExemplarMemory(20);
    SplittableRandom random = new SplittableRandom(11);
    live(memory, random, 0, 500);
    memory.reembed(12, 7, images -> new float[images.size()][3]);
    ExemplarMemory restored = ExemplarMemory.of(20, memory.groups());

    for (ExemplarMemory either : List.of(memory, restored)) {
      live(either, new SplittableRandom(12), 500, 1_000);
      either.reembed(16, 5, images -> new float[images.size()][4]);
    }

    assertThat(restored.exemplars()).anyMatch(kept -> kept.modelVersion() == 16);
    assertThat(restored.groups()).usingRecursiveComparison().isEqualTo(memory.groups());
    assertThat(ids(restored)).isEqualTo(ids(memory));
  }

  @Test
  void aSnapshotRestoredIntoASmallerMemoryIsShrunkEvenlyByTheNextOffer() {
    ExemplarMemory memory = new ExemplarMemory(20);
    SplittableRandom random = new SplittableRandom(13);
    for (int image = 0; image < 5; image++) {
      offerAll(memory, random, "a" + image, "b" + image, "d" + image, "e" + image);
    }
    ExemplarMemory smaller = ExemplarMemory.of(8, memory.groups());
    smaller.offer(exemplar("a9"), random);

    assertThat(smaller.size()).isEqualTo(8);
    assertThat(smaller.groups()).hasSize(4).allMatch(group -> group.exemplars().size() == 2);
  }

  @Test
  void embedsEveryExemplarAgainInItsPlace() {
    ExemplarMemory memory = new ExemplarMemory(10);
    offerAll(memory, new SplittableRandom(14), "a0", "b0", "a1");
    memory.reembed(
        3,
        3,
        images -> {
          float[][] embeddings = new float[images.size()][];
          for (int i = 0; i < embeddings.length; i++) {
            embeddings[i] = new float[] {images.get(i).id().hashCode()};
          }
          return embeddings;
        });

    assertThat(memory.exemplars()).allMatch(kept -> kept.modelVersion() == 3);
    assertThat(ids(memory)).containsExactly("a0", "a1", "b0");
    assertThat(memory.exemplars())
        .allMatch(kept -> kept.embedding()[0] == kept.image().id().hashCode());
  }

  @Test
  void embedsThoseAgainThatAreLongestOverdue() {
    ExemplarMemory memory = new ExemplarMemory(10);
    offerAll(memory, new SplittableRandom(15), "a0", "b0", "c0", "a1", "b1");
    memory.reembed(4, 2, ExemplarMemoryTest::blankEmbeddings);
    assertThat(idsOfVersion(memory, 4)).containsExactly("a0", "a1");

    memory.reembed(8, 4, ExemplarMemoryTest::blankEmbeddings);
    assertThat(idsOfVersion(memory, 8)).containsExactly("a0", "b0", "b1", "c0");
    assertThat(idsOfVersion(memory, 4)).containsExactly("a1");

    memory.reembed(8, 9, ExemplarMemoryTest::blankEmbeddings);
    assertThat(idsOfVersion(memory, 8)).hasSize(5);
    memory.reembed(
        8,
        9,
        images -> {
          throw new AssertionError("none is overdue, yet asked for " + images);
        });
  }

  @Test
  void aMemoryWithoutRoomForOneImageIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExemplarMemory(0))
        .withMessage("The memory holds at least 1 image, not 0.");
  }

  /** Arrivals of a few classes, some of them again, and some removals. */
  private static void live(ExemplarMemory memory, SplittableRandom random, int from, int to) {
    for (int step = from; step < to; step++) {
      memory.offer(exemplar("i" + random.nextInt(to), "c" + random.nextInt(7)), random);
      memory.remove("i" + random.nextInt(to));
    }
  }

  private static int countKept(ExemplarMemory memory, String label, int[] kept) {
    List<Exemplar> exemplars = memory.ofClass(label);
    exemplars.forEach(exemplar -> kept[Integer.parseInt(exemplar.image().id().substring(1))]++);
    return exemplars.size();
  }

  /** Five standard deviations of a binomial count, which is at most the root of its mean. */
  private static void assertSameChance(int[] counts, double expected) {
    Set<Integer> outliers = new HashSet<>();
    for (int count : counts) {
      if (Math.abs(count - expected) > 5 * Math.sqrt(expected)) {
        outliers.add(count);
      }
    }
    assertThat(outliers)
        .as("about %s of each image, kept %s", expected, Arrays.toString(counts))
        .isEmpty();
  }

  private static void offerAll(ExemplarMemory memory, SplittableRandom random, String... ids) {
    for (String id : ids) {
      memory.offer(exemplar(id), random);
    }
  }

  private static float[][] blankEmbeddings(List<LabeledImage> images) {
    return new float[images.size()][1];
  }

  private static List<String> idsOfVersion(ExemplarMemory memory, long version) {
    return ids(memory.embeddedBy(version));
  }

  private static Exemplar exemplar(String id) {
    return exemplar(id, id.substring(0, 1));
  }

  private static Exemplar exemplar(String id, String label) {
    return new Exemplar(new LabeledImage(id, label, 0, BLANK), new float[] {1}, 0);
  }

  private static List<String> ids(ExemplarMemory memory) {
    return ids(memory.exemplars());
  }

  private static List<String> ids(List<Exemplar> exemplars) {
    return exemplars.stream().map(exemplar -> exemplar.image().id()).toList();
  }
}
