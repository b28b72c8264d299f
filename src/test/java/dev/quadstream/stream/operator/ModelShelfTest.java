package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.MiningModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelShelfTest {

  private static final String RUN = "run-1";

  @TempDir Path directory;

  private final AtomicInteger refusals = new AtomicInteger();
  private PipelineSettings settings;
  private ModelShelf shelf;

  @BeforeEach
  void fill() {
    settings = TestingPipeline.settings("registry.directory", directory.toString());
    shelf = new ModelShelf(settings, refusals::incrementAndGet, Duration.ofMillis(50));
  }

  @Test
  void whatIsAnnouncedAndThereIsTakenUp() throws Exception {
    ModelManifest published = TestingAssembler.publish(settings, RUN, 0, 2);

    assertThat(version(shelf.loadAnnounced(published, null))).isEqualTo(2);
    assertThat(refusals).hasValue(0);
  }

  @Test
  void anAnnouncementThatLeadsToNoModelIsRefusedAndCounted() throws Exception {
    ModelManifest published = TestingAssembler.publish(settings, RUN, 0, 2);

    assertThat(shelf.loadAnnounced(TestingAssembler.forged(published, RUN, 4), null)).isEmpty();
    assertThat(shelf.loadAnnounced(TestingAssembler.forged(published, "run-2", 2), null)).isEmpty();
    assertThat(refusals).hasValue(2);
  }

  @Test
  void besideARefusedOneTheRegistrysOwnIsTaken() throws Exception {
    TestingAssembler.publish(settings, RUN, 0, 2);
    ModelManifest other = TestingAssembler.publish(settings, RUN, 0, 4);

    assertThat(version(shelf.loadAnnounced(TestingAssembler.forged(other, RUN, 2), null)))
        .isEqualTo(2);
    assertThat(refusals).hasValue(1);
  }

  @Test
  void aDamagedModelIsAnError() throws Exception {
    ModelManifest published = TestingAssembler.publish(settings, RUN, 0, 2);
    Files.write(directory.resolve(published.file().path()), new byte[] {1, 2, 3});

    assertThatThrownBy(() -> shelf.loadAnnounced(published, null))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("Option registry.directory = ")
        .hasMessageContaining("has 3 bytes");
    assertThat(refusals).hasValue(0);
  }

  @Test
  void aModelThatWasAnnouncedAndStaysAwayIsAnErrorThatNamesTheRegistry() {
    assertThatThrownBy(() -> shelf.await(RUN, 0, 2, true))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("Option registry.directory = ")
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("version 2 of run run-1, shard 0")
        .hasMessageContaining("not the registry that the trainer publishes to");
  }

  private static long version(Optional<MiningModel> model) {
    try (var network = model.orElseThrow().network()) {
      return model.orElseThrow().version();
    }
  }
}
