package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.java.tuple.Tuple2;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others announce takes no more than so much room. */
class AnnouncedModelsTest {

  @TempDir Path directory;

  private final TestingBroadcastState<String, ModelManifest> state = new TestingBroadcastState<>();
  private final ModelLineage lineage =
      ModelLineage.of("job-2", List.of(Tuple2.of(4L, Long.MAX_VALUE)), List.of());
  private final AnnouncedModels announced = new AnnouncedModels(state, 1, 2, 1, lineage);
  private ModelManifest model;

  @BeforeEach
  void publish() {
    PipelineSettings settings =
        TestingPipeline.settings("registry.directory", directory.toString());
    model = TestingAssembler.publish(settings, "ours", 2);
  }

  @Test
  void ofOtherRunsNothingIsKeptOnceARunHasBegun() throws Exception {
    announced.add(TestingAssembler.forged(model, "theirs", 2), null);
    assertThat(announced.find("theirs", 2)).isNotNull();

    announced.retainRun("ours");
    announced.add(TestingAssembler.forged(model, "theirs", 4), "ours");
    announced.add(model, "ours");
    assertThat(announced.find("theirs", 2)).isNull();
    assertThat(announced.find("theirs", 4)).isNull();
    assertThat(announced.find("ours", 2)).isEqualTo(model);
  }

  /** It says nothing of which versions windows still ask for. */
  @Test
  void whatWasGivenUpPushesNothingOut() {
    ModelManifest kept = model.of("job-1");
    announced.add(kept, "ours");
    announced.add(TestingAssembler.forged(kept, "ours", 40), "ours");
    assertThat(announced.find("ours", 2)).isEqualTo(kept);
    assertThat(announced.find("ours", 40)).isNull();
    assertThat(announced.hasLater("ours", 4)).isFalse();

    announced.add(TestingAssembler.forged(model.of("job-2"), "ours", 40), "ours");
    assertThat(announced.find("ours", 40)).isNotNull();
    assertThat(announced.find("ours", 2)).isNull();
  }

  @Test
  void howeverManyAreAnnouncedAFewHundredAreKept() throws Exception {
    for (int number = 0; number < 1_000; number++) {
      announced.add(TestingAssembler.forged(model, "run-" + number, 2), null);
    }
    for (long version = 2_000; version > 0; version -= 2) {
      announced.add(TestingAssembler.forged(model, "ours", version), null);
    }
    int kept = 0;
    for (var ignored : state.entries()) {
      kept++;
    }
    assertThat(kept).isEqualTo(AnnouncedModels.MOST);
  }
}
