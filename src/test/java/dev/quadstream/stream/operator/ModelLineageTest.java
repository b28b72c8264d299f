package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.registry.ModelManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.java.tuple.Tuple2;
import org.junit.jupiter.api.Test;

class ModelLineageTest {

  private static final long NONE = Long.MAX_VALUE;

  @Test
  void ofAnotherJobOnlyWhatHasSeenNoWindowThatIsYetToBeAssembledCounts() {
    ModelLineage second = ModelLineage.of("job-2", List.of(place(9, NONE), place(8, 4)), List.of());

    assertThat(second.met()).isEqualTo(9);
    assertThat(second.isGivenUp(model("job-1", 4))).isFalse();
    assertThat(second.isGivenUp(model("job-1", 5))).isTrue();
    assertThat(second.isGivenUp(model("job-2", 5))).isFalse();
    assertThat(second.isGivenUp(model(null, 5))).as("of an earlier program").isFalse();
  }

  @Test
  void aFailoverFurtherOnTakesNothingUpAgainThatWasGivenUp() {
    ModelLineage first = ModelLineage.of("job-1", List.of(), List.of());
    ModelLineage second = next("job-2", 100, first);
    ModelLineage restarted = next("job-2", 131, second);

    assertThat(restarted.met()).isEqualTo(131);
    assertThat(restarted.isGivenUp(model("job-1", 100))).isFalse();
    assertThat(restarted.isGivenUp(model("job-1", 128))).isTrue();
    assertThat(restarted.isGivenUp(model("job-2", 128))).isFalse();
  }

  @Test
  void eachJobBeforeCountsUpToWhereTheNextOneWentOn() {
    ModelLineage first = ModelLineage.of("job-1", List.of(), List.of());
    ModelLineage third = next("job-3", 131, next("job-2", 100, first));

    assertThat(third.isGivenUp(model("job-1", 128))).isTrue();
    assertThat(third.isGivenUp(model("job-2", 128))).isFalse();
    assertThat(third.isGivenUp(model("job-2", 132))).isTrue();
    assertThat(third.isGivenUp(model("beside", 128)))
        .as("which has published the same bytes again")
        .isFalse();

    ModelLineage back = next("job-4", 50, third);
    assertThat(back.isGivenUp(model("job-1", 50))).isFalse();
    assertThat(back.isGivenUp(model("job-1", 60))).isTrue();
    assertThat(back.isGivenUp(model("job-2", 60))).isTrue();
  }

  @Test
  void ofHoweverManyJobsTheLatestAreKept() {
    ModelLineage lineage = ModelLineage.of("job-0", List.of(), List.of());
    for (int job = 1; job <= 100; job++) {
      lineage = next("job-" + job, 10 * job, lineage);
    }

    assertThat(lineage.bounds()).hasSizeLessThan(20);
    assertThat(lineage.isGivenUp(model("job-99", 1000))).isFalse();
    assertThat(lineage.isGivenUp(model("job-98", 1000))).isTrue();
  }

  /** Two subtasks say the same of the jobs before. */
  private static ModelLineage next(String job, long met, ModelLineage before) {
    List<Tuple2<String, Long>> saved = new ArrayList<>(before.saved());
    saved.addAll(before.saved());
    return ModelLineage.of(job, List.of(place(met, NONE)), saved);
  }

  private static Tuple2<Long, Long> place(long met, long waiting) {
    return Tuple2.of(met, waiting);
  }

  private static ModelManifest model(String job, long version) {
    return ModelManifest.draft(
            new ModelManifest.Identity("quadstream", "run-1", version),
            version - 1,
            0,
            null,
            null,
            Map.of())
        .of(job);
  }
}
