package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OpenSetTrialsTest {

  private final OpenSetTrials trials = new OpenSetTrials();
  private final VectorIndex index = new VectorIndex(2);

  private void put(long release, long window, String id, String label, double angle) {
    index.put(id, label, new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
    trials.add(release, window, id, label);
  }

  @Test
  void theFirstImageOfAClassIsAnImpostorAndALaterOneGenuine() {
    put(4, 4, "cup-0", "cup", 0);
    put(4, 5, "cup-1", "cup", 0.1);
    put(4, 5, "jug-0", "jug", 1);
    index.put("question", null, new float[] {1, 0});

    OpenSetThresholds thresholds = trials.scores(4, index).thresholds(0.96);

    assertThat(thresholds.impostors()).isEqualTo(2);
    assertThat(thresholds.genuine()).isEqualTo(1);
    assertThat(thresholds.known()).isCloseTo(Math.cos(0.9), within(1e-6));
    assertThat(thresholds.fresh()).isCloseTo(Math.cos(0.1), within(1e-6));
  }

  @Test
  void anImageThatItsModelHasSeenIsNoTrial() {
    put(6, 5, "cup-0", "cup", 0);
    put(6, 5, "jug-0", "jug", 1);
    put(6, 6, "cup-1", "cup", 0.1);

    OpenSetThresholds thresholds = trials.scores(6, index).thresholds(0.9);

    assertThat(thresholds.impostors()).as("both classes were in window 5").isEqualTo(0);
    assertThat(thresholds.genuine()).isEqualTo(1);
    assertThat(trials.impostors(99)).isEqualTo(0);
    assertThat(trials.scores(99, index).thresholds(0.9).calibrated()).isFalse();
  }

  @Test
  void oneThatWasDeletedIsNoTrial() {
    put(4, 4, "cup-0", "cup", 0);
    put(4, 5, "jug-0", "jug", 1);
    index.remove("cup-0");

    assertThat(trials.scores(4, index).thresholds(0.9).impostors())
        .as("none to compare with")
        .isEqualTo(0);
  }

  /**
   * Classes of clouds on a circle, half of them enrolled: images of the other half are the truth
   * that the thresholds know nothing of.
   */
  @Test
  void falseAcceptsOfClassesToComeAreWithinTheToleratedRateIn19Of20Streams() {
    int kept = 0;
    for (int seed = 0; seed < 20; seed++) {
      kept += falseAccepts(new SplittableRandom(seed)) <= 0.05 ? 1 : 0;
    }

    assertThat(kept).isGreaterThanOrEqualTo(19);
  }

  private static double falseAccepts(SplittableRandom random) {
    int classes = 300;
    OpenSetTrials stream = new OpenSetTrials();
    VectorIndex gallery = new VectorIndex(8);
    float[][] centres = TestingVectors.draw(2 * classes, 8, random);
    for (int number = 0; number < classes; number++) {
      for (int image = 0; image < 3; image++) {
        String id = number + "-" + image;
        gallery.put(id, "class-" + number, near(centres[number], random));
        stream.add(0, number + image, id, "class-" + number);
      }
    }
    OpenSetThresholds thresholds = stream.scores(0, gallery).thresholds(0.05);
    assertThat(thresholds.impostors()).isEqualTo(classes);
    int accepted = 0;
    for (int number = classes; number < 2 * classes; number++) {
      float similarity =
          gallery
              .nearest(new NeighbourQuery(near(centres[number], random), 1, label -> true, null))
              .get(0)
              .similarity();
      accepted += thresholds.verdict(similarity) == Verdict.KNOWN ? 1 : 0;
    }
    return (double) accepted / classes;
  }

  private static float[] near(float[] centre, SplittableRandom random) {
    float[] vector = new float[centre.length];
    double length = 0;
    for (int d = 0; d < vector.length; d++) {
      vector[d] = centre[d] + (float) random.nextDouble(-0.1, 0.1);
      length += (double) vector[d] * vector[d];
    }
    for (int d = 0; d < vector.length; d++) {
      vector[d] /= (float) Math.sqrt(length);
    }
    return vector;
  }
}
