package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReleaseIndexesTest {

  private static final ReleaseKey OLD = new ReleaseKey("run", 8);
  private static final ReleaseKey NEW = new ReleaseKey("run", 40);

  /** So few that graphs come and go. */
  private static final int EXACT_UP_TO = 12;

  private final ReleaseIndexes indexes = new ReleaseIndexes(EXACT_UP_TO);
  private ReleaseKey announced;

  static long[] seeds() {
    return new SplittableRandom(17).longs(30).toArray();
  }

  /** Each vector tells its release and how often its image came, so that a mixture would show. */
  @ParameterizedTest
  @MethodSource("seeds")
  void whateverComesNoAnswerComparesAcrossReleases(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ReleaseKey> keys =
        List.of(OLD, NEW, new ReleaseKey("run", 72), new ReleaseKey("another run", 8));
    Map<ReleaseKey, Map<String, Float>> expected = new HashMap<>();
    int live = 0;
    boolean commanded = false;
    for (int step = 0; step < 600; step++) {
      int action = random.nextInt(100);
      String id = "image-" + random.nextInt(40);
      if (action < 80) {
        // The live release is what most records are of; some come late.
        int release = random.nextInt(10) == 0 ? random.nextInt(keys.size()) : live;
        indexes.put(keys.get(release), id, "label", new float[] {release, step});
        expected.computeIfAbsent(keys.get(release), key -> new HashMap<>()).put(id, (float) step);
      } else if (action < 90) {
        indexes.remove(id);
        expected.values().forEach(images -> images.remove(id));
      } else if (action < 94) {
        int before = live;
        live = random.nextInt(keys.size());
        commanded &= before == live && announced != null;
        announced = keys.get(live);
        indexes.announce(announced);
      } else if (action < 96) {
        commanded |= indexes.serve(keys.get(random.nextInt(keys.size())));
      } else {
        indexes.settle();
      }
      if (random.nextInt(5) == 0) {
        indexes.all().forEach(each -> each.index().extendGraph());
      }
      // What went with a change of release is not to come back.
      expected.keySet().retainAll(indexes.all().stream().map(ReleaseIndex::key).toList());
      assertThat(indexes.all()).hasSize(expected.size());
      for (ReleaseIndex each : indexes.all()) {
        assertHoldsOnlyItsOwn(each, keys.indexOf(each.key()), expected.get(each.key()));
      }
      assertThat(indexes.served().map(ReleaseIndex::index))
          .isEqualTo(indexes.served().flatMap(served -> indexes.of(served.key())));
      assertCoverage(expected, commanded);
    }
  }

  private static void assertHoldsOnlyItsOwn(
      ReleaseIndex release, int number, Map<String, Float> expected) {
    List<Neighbour> all =
        release.index().nearest(new NeighbourQuery(new float[2], 1_000, label -> true, null));
    assertThat(all).hasSize(expected.size());
    assertThat(
            release
                .index()
                .nearest(new NeighbourQuery(new float[] {0, 300}, 9, label -> true, null)))
        .isSubsetOf(
            release
                .index()
                .nearest(new NeighbourQuery(new float[] {0, 300}, 1_000, label -> true, null)))
        .hasSize(Math.min(9, expected.size()));
    for (Neighbour image : all) {
      float[] vector = release.index().get(image.id()).orElseThrow().vector();
      assertThat(vector).containsExactly(number, expected.get(image.id()));
    }
  }

  private void assertCoverage(Map<ReleaseKey, Map<String, Float>> expected, boolean commanded) {
    if (indexes.served().isEmpty() || announced == null) {
      return;
    }
    Map<String, Float> served = expected.get(indexes.served().get().key());
    Map<String, Float> live = expected.getOrDefault(announced, Map.of());
    double share =
        served.isEmpty()
            ? 1
            : (double) served.keySet().stream().filter(live::containsKey).count() / served.size();
    assertThat(indexes.coverage()).isEqualTo(share);
    boolean thereIsALiveOne = expected.containsKey(announced);
    boolean takesOver = share >= ReleaseIndexes.COVERAGE || live.size() > served.size();
    assertThat(!takesOver || live == served || !thereIsALiveOne || commanded)
        .as("share %s of %s is served still", share, served)
        .isTrue();
  }

  @Test
  void theLiveReleaseTakesOverInOneStepOnceItCoversTheServedOne() {
    fill(OLD, 0, 1_000);
    indexes.announce(OLD);
    indexes.settle();
    indexes.announce(NEW);

    fill(NEW, 0, 994);
    fill(NEW, 2_000, 2_006);
    assertThat(servedKey()).as("994 of 1,000").isEqualTo(OLD);
    assertThat(indexes.coverage()).isEqualTo(0.994);

    fill(NEW, 994, 995);
    assertThat(servedKey()).as("995 of 1,000").isEqualTo(NEW);
    assertThat(indexes.served().orElseThrow().index().size()).isEqualTo(1_001);
    assertThat(indexes.of(OLD)).as("frees its memory").isEmpty();
  }

  @Test
  void theLiveReleaseTakesOverOnceItHoldsMoreImagesWhicheverTheyAre() {
    fill(OLD, 0, 100);
    indexes.settle();
    indexes.announce(NEW);

    fill(NEW, 50, 150);
    assertThat(servedKey()).as("as many").isEqualTo(OLD);

    fill(NEW, 150, 151);
    assertThat(servedKey()).as("more").isEqualTo(NEW);
  }

  @Test
  void whatIsRemovedNeedsNoCover() {
    fill(OLD, 0, 1_000);
    indexes.settle();
    indexes.announce(NEW);
    fill(NEW, 0, 990);

    for (int id = 991; id < 999; id++) {
      indexes.remove("image-" + id);
    }

    assertThat(servedKey()).isEqualTo(NEW);
  }

  @Test
  void aReleaseThatIsNotLiveNeverTakesOverByItself() {
    fill(OLD, 0, 10);
    indexes.announce(OLD);
    indexes.settle();

    fill(NEW, 0, 20);

    assertThat(servedKey()).isEqualTo(OLD);
  }

  @Test
  void onCommandAReleaseIsServedAtOnce() {
    fill(OLD, 0, 10);
    indexes.settle();
    indexes.announce(NEW);
    assertThat(indexes.serve(NEW)).as("nothing is there of it").isFalse();

    fill(NEW, 0, 1);

    assertThat(indexes.serve(NEW)).isTrue();
    assertThat(servedKey()).isEqualTo(NEW);
    assertThat(indexes.serve(OLD)).as("gone with the change").isFalse();
  }

  @Test
  void aCommandWhileFillingHoldsOnceItHasEnded() {
    fill(OLD, 0, 10);
    fill(NEW, 0, 1);
    indexes.announce(OLD);
    assertThat(indexes.serve(NEW)).isTrue();

    indexes.settle();

    assertThat(servedKey()).isEqualTo(NEW);
  }

  @Test
  void aCommandHoldsUntilTheNextRelease() {
    ReleaseKey next = new ReleaseKey("run", 72);
    fill(OLD, 0, 10);
    indexes.settle();
    fill(NEW, 0, 10);
    assertThat(indexes.serve(NEW)).isTrue();

    indexes.announce(OLD);
    indexes.serve(NEW);
    fill(OLD, 0, 10);
    assertThat(servedKey()).isEqualTo(NEW);

    indexes.announce(next);
    fill(next, 0, 10);
    assertThat(servedKey()).isEqualTo(next);
  }

  @Test
  void nothingIsServedWhileItIsFilled() {
    fill(OLD, 0, 3);
    fill(NEW, 0, 2);
    indexes.announce(NEW);
    assertThat(indexes.served()).isEmpty();

    indexes.settle();

    assertThat(servedKey()).as("more images").isEqualTo(OLD);
  }

  @Test
  void theFirstImageAfterAnEmptyStartIsServed() {
    indexes.settle();
    assertThat(indexes.served()).isEmpty();

    fill(OLD, 0, 1);

    assertThat(servedKey()).isEqualTo(OLD);
  }

  @Test
  void releasesThatNobodyAnnouncedDoNotPileUp() {
    fill(OLD, 0, 1);
    indexes.settle();
    for (int run = 0; run < 100; run++) {
      fill(new ReleaseKey("run-" + run, 1), 0, 1);
    }

    assertThat(indexes.all()).hasSize(8);
    assertThat(servedKey()).isEqualTo(OLD);
  }

  @Test
  void ofMoreReleasesThanAreKeptTheOneWithTheMostImagesIsServedAfterAStart() {
    fill(OLD, 0, 100);
    for (int version = 9; version < 20; version++) {
      fill(new ReleaseKey("run", version), 0, 10);
    }

    indexes.settle();

    assertThat(indexes.all()).hasSize(8);
    assertThat(servedKey()).isEqualTo(OLD);
  }

  @Test
  void aVectorOfAnotherLengthIsRefused() {
    fill(OLD, 0, 1);

    assertThatThrownBy(() -> indexes.put(OLD, "image-0", "cup", new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> indexes.put(NEW, "image-0", "cup", new float[] {Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(indexes.of(NEW)).isEmpty();
  }

  private ReleaseKey servedKey() {
    return indexes.served().orElseThrow().key();
  }

  private void fill(ReleaseKey key, int from, int to) {
    for (int id = from; id < to; id++) {
      indexes.put(key, "image-" + id, "cup", new float[] {1, 0});
    }
  }
}
