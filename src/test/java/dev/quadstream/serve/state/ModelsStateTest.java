package dev.quadstream.serve.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.registry.ModelManifest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsStateTest {

  private final ModelsState models = new RunState("network").models();

  /** On the topic they come as they were written; the registry may tell of others later. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAJobThatWasSetBackGaveUpIsNoModelOfTheRun(boolean later) {
    List<ModelManifest> givenUp =
        List.of(manifest(32, 1_032, "before"), manifest(64, 1_064, "before"));
    models.add(manifest(16, 1_016, "before"));
    if (!later) {
      givenUp.forEach(models::add);
      models.measured(givenUp.get(0), 0.9, 0.9);
      models.frames().add(frame(16));
      models.frames().add(frame(64));
    }
    ModelManifest now = manifest(32, 2_032, "after");
    models.add(now);
    if (later) {
      givenUp.forEach(models::add);
    }

    assertThat(models.newestManifest()).isEqualTo(now);
    assertThat(models.manifest(32)).isEqualTo(now);
    assertThat(models.manifest(64)).isNull();
    assertThat(models.models()).containsEntry("published", 2).containsEntry("heldOut", List.of());
    assertThat(models.frames().all())
        .extracting(MapFrame::version)
        .containsExactlyElementsOf(later ? List.of() : List.of(16L));
  }

  @Test
  void whatAJobPublishesAgainAfterACrashTakesNoOtherAway() {
    models.add(manifest(16, 1_016, "job"));
    models.add(manifest(32, 1_032, "job"));
    models.add(manifest(16, 2_016, "job"));

    assertThat(models.newestManifest().identity().version()).isEqualTo(32);
    assertThat(models.manifest(16).createdAt()).isEqualTo(2_016);
  }

  private static ModelManifest manifest(long version, long createdAt, String job) {
    return ModelManifest.draft(
            new ModelManifest.Identity("network", "run", version),
            version - 1,
            createdAt,
            new ModelManifest.Network("config", "small", "learned", 16, "1x28x28", null),
            new ModelManifest.Margins(0.5, 0.25),
            Map.of())
        .of(job);
  }

  private static MapFrame frame(long version) {
    return new MapFrame(version, 0, List.of(), new float[0][], new double[0][]);
  }
}
