package dev.quadstream.serve.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.search.TestingVectors;
import dev.quadstream.search.VectorIndex;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationsTest {

  private static final ReleaseKey KEY = new ReleaseKey("run", 1);
  private static final double RATE = 0.01;
  private static final int DIMENSIONS = 8;

  private final Calibrations calibrations = new Calibrations();
  private final OpenSetTrials trials = new OpenSetTrials();
  private final VectorIndex index = new VectorIndex(DIMENSIONS);

  @Test
  void thresholdsAreLackingFromTheFirstTrialsThatMayBeEnoughUntilTheyAreMade() {
    fill(298);
    assertThat(calibrations.lacks(KEY, trials, RATE)).as("too few in any case").isFalse();
    fill(700);
    assertThat(calibrations.lacks(KEY, trials, RATE)).isTrue();

    calibrations.renew(KEY, index, trials);

    assertThat(calibrations.of(KEY, RATE).calibrated()).isTrue();
    fill(1_400);
    assertThat(calibrations.lacks(KEY, trials, RATE)).as("the earlier ones hold").isFalse();
  }

  @Test
  void whatCannotBeCalibratedIsNotWaitedFor() {
    fill(400);
    OpenSetTrials.State state = trials.state();
    state.releases().get(KEY.release()).impostors().put(null, "image-0");
    OpenSetTrials damaged = new OpenSetTrials(state);

    assertThatThrownBy(() -> calibrations.renew(KEY, index, damaged))
        .isInstanceOf(NullPointerException.class);
    assertThat(calibrations.lacks(KEY, trials, RATE)).isFalse();

    calibrations.renew(KEY, index, trials);
    assertThat(calibrations.of(KEY, RATE).impostors()).as("tried again").isEqualTo(400);
  }

  private void fill(int classes) {
    SplittableRandom random = new SplittableRandom(5);
    for (int number = 0; number < classes; number++) {
      String id = "image-" + number;
      index.put(id, "class-" + number, TestingVectors.unit(DIMENSIONS, random));
      trials.add(KEY.release(), number + 1, id, "class-" + number);
    }
  }
}
