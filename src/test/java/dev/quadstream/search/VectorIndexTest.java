package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.TestingFullHeap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorIndexTest {

  private static final int DIMENSIONS = 6;
  private static final Predicate<String> ANY = label -> true;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void afterAnyUpdatesItAnswersAsSortingAllImagesDoes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    VectorIndex index = new VectorIndex(DIMENSIONS);
    Map<String, IndexedImage> expected = new HashMap<>();
    for (int step = 0; step < 3_000; step++) {
      String id = "image-" + random.nextInt(400);
      if (random.nextInt(3) == 0) {
        assertThat(index.remove(id)).isEqualTo(expected.remove(id) != null);
      } else {
        // Few different vectors, so that some are equally near.
        float[] vector =
            TestingVectors.draw(1, DIMENSIONS, new SplittableRandom(random.nextInt(60)))[0];
        String label = random.nextInt(5) == 0 ? null : "class-" + random.nextInt(9);
        boolean added = expected.put(id, new IndexedImage(id, label, vector)) == null;
        assertThat(index.put(id, label, vector)).isEqualTo(added);
      }
      if (step % 100 == 0) {
        assertSame(index, expected, random);
      }
    }
  }

  private static void assertSame(
      VectorIndex index, Map<String, IndexedImage> expected, SplittableRandom random) {
    float[][] probes = TestingVectors.draw(3, DIMENSIONS, random);
    String asking = "image-" + random.nextInt(400);
    List<NeighbourQuery> queries =
        List.of(
            new NeighbourQuery(probes[0], 7, ANY, null),
            new NeighbourQuery(probes[1], 1_000, Objects::nonNull, asking),
            new NeighbourQuery(probes[2], 5, "class-3"::equals, null));

    List<List<Neighbour>> found = index.nearest(queries);

    for (int query = 0; query < queries.size(); query++) {
      assertThat(found.get(query)).isEqualTo(sorted(expected, queries.get(query)));
      assertThat(index.nearest(queries.get(query))).isEqualTo(found.get(query));
    }
    assertThat(index.size()).isEqualTo(expected.size());
    assertThat(index.contains(asking)).isEqualTo(expected.containsKey(asking));
    assertThat(index.get(asking).map(IndexedImage::label))
        .isEqualTo(java.util.Optional.ofNullable(expected.get(asking)).map(IndexedImage::label));
    index
        .get(asking)
        .ifPresent(image -> assertThat(image.vector()).isEqualTo(expected.get(asking).vector()));
  }

  /** GraphExtension are worn and made anew several times. */
  @Test
  void beyondSoManyImagesItFindsNearlyAllOfTheNearestAndNoneThatIsGone() {
    SplittableRandom random = new SplittableRandom(8);
    VectorIndex index = new VectorIndex(DIMENSIONS, 300);
    Map<String, IndexedImage> expected = new HashMap<>();
    int wanted = 0;
    int found = 0;
    int byGraph = 0;
    for (int step = 0; step < 4_000; step++) {
      String id = "image-" + random.nextInt(900);
      if (random.nextInt(4) == 0) {
        index.remove(id);
        expected.remove(id);
      } else {
        float[] vector = TestingVectors.draw(1, DIMENSIONS, random)[0];
        String label = random.nextInt(2) == 0 ? null : "class-" + random.nextInt(9);
        expected.put(id, new IndexedImage(id, label, vector));
        index.put(id, label, vector);
      }
      if (random.nextInt(6) == 0) {
        index.extendGraph();
      }
      if (step % 40 == 0) {
        NeighbourQuery query =
            new NeighbourQuery(
                TestingVectors.draw(1, DIMENSIONS, random)[0], 10, Objects::nonNull, id);
        List<Neighbour> true10 = sorted(expected, query);
        List<Neighbour> answer = index.nearest(query);
        assertThat(answer).hasSameSizeAs(true10).isSubsetOf(sorted(expected, all(query)));
        byGraph += index.isForGraph(query) ? 1 : 0;
        wanted += true10.size();
        true10.retainAll(answer);
        found += true10.size();
        assertThat(index.nearest(all(query))).as("of all").isEqualTo(sorted(expected, all(query)));
        NeighbourQuery rare = new NeighbourQuery(query.vector(), 10, "class-3"::equals, null);
        assertThat(index.nearest(rare)).as("of few").isEqualTo(sorted(expected, rare));
      }
    }
    assertThat(byGraph).as("of 100 searches").isGreaterThan(70);
    assertThat((double) found / wanted).as("recall at 10").isGreaterThanOrEqualTo(0.98);
  }

  private static NeighbourQuery all(NeighbourQuery query) {
    return new NeighbourQuery(query.vector(), 1_000, query.labels(), query.except());
  }

  private static List<Neighbour> sorted(Map<String, IndexedImage> images, NeighbourQuery query) {
    List<Neighbour> all = new ArrayList<>();
    for (IndexedImage image : images.values()) {
      if (!image.id().equals(query.except()) && query.labels().test(image.label())) {
        float squared = 0;
        for (int d = 0; d < DIMENSIONS; d++) {
          float difference = image.vector()[d] - query.vector()[d];
          squared += difference * difference;
        }
        all.add(new Neighbour(image.id(), image.label(), squared));
      }
    }
    all.sort(Neighbour.NEAREST_FIRST);
    return new ArrayList<>(all.subList(0, Math.min(query.count(), all.size())));
  }

  @Test
  void aSearchWhileItIsUpdatedSeesWholeImages() throws Exception {
    VectorIndex index = new VectorIndex(2);
    float[][] corners = {{1, 0}, {0, 1}};
    for (int id = 0; id < 700; id++) {
      index.put("image-" + id, "0", corners[0]);
    }
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              SplittableRandom random = new SplittableRandom(5);
              while (!done.get()) {
                int corner = random.nextInt(2);
                String id = "image-" + random.nextInt(700);
                if (random.nextInt(4) == 0) {
                  index.remove(id);
                }
                index.put(id, Integer.toString(corner), corners[corner]);
              }
            });
    writer.start();
    try {
      for (int search = 0; search < 300; search++) {
        List<Neighbour> found = index.nearest(new NeighbourQuery(corners[0], 700, ANY, null));

        assertThat(found).hasSizeBetween(699, 700).doesNotHaveDuplicates();
        assertThat(found)
            .allMatch(image -> image.squaredDistance() == (image.label().equals("0") ? 0 : 2));
      }
    } finally {
      done.set(true);
      writer.join();
    }
  }

  @Test
  void aVectorThatDoesNotFitIsRefusedAndChangesNothing() {
    VectorIndex index = new VectorIndex(2);
    index.put("a", "cup", new float[] {1, 0});

    assertThatThrownBy(() -> index.put("a", "cup", new float[] {1, 0, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 3 numbers; those of this release have 2");
    assertThatThrownBy(() -> index.put("b", "cup", new float[] {Float.NaN, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
    assertThatThrownBy(
            () ->
                index.nearest(
                    new NeighbourQuery(new float[] {Float.POSITIVE_INFINITY, 0}, 1, ANY, null)))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> new NeighbourQuery(new float[2], 0, ANY, null))
        .hasMessageContaining("At least 1");
    assertThat(index.nearest(new NeighbourQuery(new float[] {1, 0}, 9, ANY, null)))
        .containsExactly(new Neighbour("a", "cup", 0));
  }

  @Test
  void whatFindsNoRoomInTheHeapLeavesItAsItWas() throws Exception {
    String output = TestingFullHeap.outputOf("64m", TestingFullHeapIndex.class);

    assertThat(output.strip()).isEqualTo("out of memory, then 384 of 384 images at their place");
  }

  @Test
  void similarityIsTheCosineOfUnitVectors() {
    assertThat(new Neighbour("a", null, 0).similarity()).isEqualTo(1);
    assertThat(new Neighbour("a", null, 2).similarity()).isEqualTo(0);
    assertThat(new Neighbour("a", null, 4).similarity()).isEqualTo(-1);
  }
}
