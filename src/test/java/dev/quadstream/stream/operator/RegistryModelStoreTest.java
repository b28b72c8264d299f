package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.image.PixelImage;
import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.MiningConfig.MissingModel;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.MiningModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.java.tuple.Tuple2;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryModelStoreTest {

  private static final String RUN = "run-1";

  @TempDir Path directory;

  private final AtomicInteger refusals = new AtomicInteger();
  private final ModelLineage lineage =
      ModelLineage.of("job-2", List.of(Tuple2.of(9L, 4L)), List.of());
  private final AnnouncedModels announced =
      new AnnouncedModels(new TestingBroadcastState<>(), 1, 2, 1, lineage);
  private PipelineSettings settings;

  @BeforeEach
  void useRegistryOfItsOwn() {
    settings = TestingPipeline.settings("registry.directory", directory.toString());
  }

  private RegistryModelStore store() {
    return store(Duration.ofMillis(50));
  }

  private RegistryModelStore store(Duration timeout) {
    return new RegistryModelStore(settings, announced, lineage, refusals::incrementAndGet, timeout);
  }

  @Test
  void whatIsAnnouncedAndThereIsTakenUp() {
    announced.add(TestingAssembler.publish(settings, RUN, 2), null);

    assertThat(version(store().find(RUN, 2, null))).isEqualTo(2);
    assertThat(refusals).hasValue(0);
  }

  @Test
  void whatIsTakenUpEmbedsInThePrecisionThatIsAsked() {
    announced.add(TestingAssembler.publish(settings, RUN, 2), null);
    List<PixelImage> images = TestingNetworks.images(4, settings.network().input(), 3);
    float[][] single = store().find(RUN, 2, null).orElseThrow().network().embed(images);
    settings = settings.with(NetworkConfig.EMBEDDING_PRECISION, EmbeddingPrecision.BFLOAT16);

    try {
      EmbeddingPrecision.BFLOAT16.requireAvailable();
    } catch (UnsupportedOperationException e) {
      assertThatThrownBy(() -> store().find(RUN, 2, null)).hasMessage(e.getMessage());
      return;
    }
    MiningModel model = store().find(RUN, 2, null).orElseThrow();
    assertThat(Arrays.deepEquals(model.network().embed(images), single)).isFalse();
    assertThat(store().find(RUN, 2, model.network()).orElseThrow().network())
        .isSameAs(model.network());
  }

  @Test
  void whatIsThereAndNotAnnouncedIsFoundOnlyWhereItIsLookedFor() {
    TestingAssembler.publish(settings, RUN, 2);
    RegistryModelStore store = store();

    assertThat(store.find(RUN, 2, null)).isEmpty();
    assertThat(store.lookUp(RUN, 2)).isTrue();
    assertThat(version(store.find(RUN, 2, null))).isEqualTo(2);
  }

  @Test
  void whatWasGivenUpIsNeitherLookedUpNorStandsInForAnother() {
    settings = settings.with(MiningConfig.MISSING_MODEL, MissingModel.NEAREST);
    TestingAssembler.publish(settings, RUN, 2, null, "job-1");
    announced.add(TestingAssembler.publish(settings, RUN, 8, null, "job-1"), RUN);
    RegistryModelStore store = store();

    assertThat(store.find(RUN, 6, null)).isEmpty();
    assertThat(store.lookUp(RUN, 8)).isFalse();
    assertThat(store.lookUp(RUN, 2)).isTrue();
    announced.add(TestingAssembler.publish(settings, RUN, 12, null, "job-2"), RUN);
    assertThat(version(store.find(RUN, 6, null))).isEqualTo(2);
  }

  @Test
  void whatALaterVersionHasOvertakenIsTakenUp() {
    TestingAssembler.publish(settings, RUN, 2);
    announced.add(TestingAssembler.publish(settings, RUN, 8), null);

    assertThat(version(store().find(RUN, 2, null))).isEqualTo(2);
  }

  @Test
  void anAnnouncementThatLeadsToNoModelIsRefusedAndCountedOnce() {
    ModelManifest published = TestingAssembler.publish(settings, RUN, 2);
    RegistryModelStore store = store();
    announced.add(TestingAssembler.forged(published, RUN, 4), null);
    announced.add(TestingAssembler.forged(published, "run-2", 2), null);

    assertThat(store.find(RUN, 4, null)).isEmpty();
    assertThat(store.find(RUN, 4, null)).isEmpty();
    assertThat(store.find("run-2", 2, null)).isEmpty();
    assertThat(refusals).hasValue(2);
  }

  @Test
  void besideARefusedOneTheRegistrysOwnIsTaken() {
    TestingAssembler.publish(settings, RUN, 2);
    ModelManifest other = TestingAssembler.publish(settings, RUN, 4);
    announced.add(TestingAssembler.forged(other, RUN, 2), null);

    assertThat(version(store().find(RUN, 2, null))).isEqualTo(2);
    assertThat(refusals).hasValue(1);
  }

  @Test
  void aDamagedModelIsAnError() throws Exception {
    ModelManifest published = TestingAssembler.publish(settings, RUN, 2);
    Files.write(directory.resolve(published.file().path()), new byte[] {1, 2, 3});
    announced.add(published, null);

    assertThatThrownBy(() -> store().find(RUN, 2, null))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("Option registry.directory = ")
        .hasMessageContaining("has 3 bytes");
    assertThat(refusals).hasValue(0);
  }

  @Test
  void aModelThatStaysAwayIsAnErrorThatNamesTheRegistryTheSoonerIfItWasAnnounced() {
    RegistryModelStore store = store();
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> store.lookUp(RUN, 2))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("Option registry.directory = ")
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("version 2 of run run-1 is waited for")
                    .hasMessageContaining("not the registry that the trainer publishes to"));

    ModelManifest elsewhere = TestingAssembler.publish(settings, "elsewhere", 4);
    announced.add(TestingAssembler.forged(elsewhere, RUN, 4), null);
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> store.find(RUN, 4, null))
                    .hasMessageContaining("version 4 of run run-1 was announced"));
  }

  @Test
  void oneThatALaterVersionHasPassedIsAnErrorAsSoonAsOneThatWasAnnounced() {
    RegistryModelStore store = store(Duration.ofSeconds(2));
    announced.add(TestingAssembler.publish(settings, RUN, 8), RUN);

    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> store.find(RUN, 2, null))
                    .hasMessageContaining("version 2 of run run-1 is waited for")
                    .hasMessageContaining("Where mining.staleness or publish.every was raised"));
  }

  @Test
  void replicasThatWaitForDifferentVersionsDoNotStartEachOthersTimeAgain() {
    RegistryModelStore store = store();
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(
                        () -> {
                          store.lookUp(RUN, 2);
                          store.lookUp(RUN, 4);
                        })
                    .hasMessageContaining("version 2 of run run-1 is waited for"));
  }

  @Test
  void byOptionTheNearestVersionStandsInForOneWhoseManifestIsDamaged() throws Exception {
    settings = settings.with(MiningConfig.MISSING_MODEL, MissingModel.NEAREST);
    TestingAssembler.publish(settings, RUN, 2);
    ModelManifest damaged = TestingAssembler.publish(settings, RUN, 6);
    Path file = directory.resolve(damaged.file().path());
    Files.writeString(file.resolveSibling("v0000000006.json"), "{");
    announced.add(TestingAssembler.publish(settings, RUN, 14), null);

    assertThat(version(store().find(RUN, 6, null))).isEqualTo(2);
  }

  @Test
  void byOptionTheNearestVersionStandsInForOneThatIsGoneAndForNoOther() throws Exception {
    settings = settings.with(MiningConfig.MISSING_MODEL, MissingModel.NEAREST);
    TestingAssembler.publish(settings, "elsewhere", 6);
    TestingAssembler.publish(settings, RUN, 2);
    ModelManifest withoutFile = TestingAssembler.publish(settings, RUN, 10);
    Files.delete(directory.resolve(withoutFile.file().path()));
    announced.add(withoutFile, null);
    announced.add(TestingAssembler.publish(settings, RUN, 14), null);
    RegistryModelStore store = store();

    assertThat(version(store.find(RUN, 6, null))).isEqualTo(2);
    assertThat(version(store.find(RUN, 6, null))).isEqualTo(2);
    assertThat(version(store.find(RUN, 10, null))).isEqualTo(14);
    assertThat(version(store.find(RUN, 14, null))).isEqualTo(14);
    assertThat(store.find(RUN, 16, null)).as("it may come").isEmpty();
  }

  @Test
  void whereNoVersionIsLeftTheUntrainedNetworkStandsInAfterAWhile() {
    settings = settings.with(MiningConfig.MISSING_MODEL, MissingModel.NEAREST);
    RegistryModelStore store = store();
    assertThat(store.lookUp(RUN, 2)).isFalse();

    await().atMost(10, TimeUnit.SECONDS).until(() -> store.lookUp(RUN, 2));
    assertThat(version(store.find(RUN, 2, null))).isZero();
  }

  @Test
  void aLiveModelThatIsLostIsToldOnceAndNotLookedForAgain() throws Exception {
    ModelManifest published = TestingAssembler.publish(settings, RUN, 2);
    Path file = directory.resolve(published.file().path());
    byte[] model = Files.readAllBytes(file);
    Files.write(file, new byte[] {1, 2, 3});
    RegistryModelStore store = store();

    assertThat(store.released(RUN, 2, null, refusals::incrementAndGet)).isEmpty();
    Files.write(file, model);
    assertThat(store.released(RUN, 2, null, refusals::incrementAndGet)).isEmpty();
    assertThat(refusals).hasValue(1);
  }

  @Test
  void aLiveModelOfADirectoryThatIsAwayIsAnErrorAndFoundOnceItIsBack() throws Exception {
    TestingAssembler.publish(settings, RUN, 2);
    Path network = directory.resolve(settings.get(NetworkConfig.NAME));
    Path unmounted = directory.resolveSibling(directory.getFileName() + "-unmounted");
    Files.move(network, unmounted);
    RegistryModelStore store = store();

    assertThatThrownBy(() -> store.released(RUN, 2, null, refusals::incrementAndGet))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("is it mounted?");
    Files.move(unmounted, network);
    assertThat(version(store.released(RUN, 2, null, refusals::incrementAndGet))).isEqualTo(2);
    assertThat(refusals).hasValue(0);
  }

  @Test
  void byOptionAReplicaGoesOnWithoutAMergeThatIsGone() {
    assertThatThrownBy(() -> RegistryModelStore.ofTrainer(settings).find(RUN, 2))
        .hasMessageContaining("version 2")
        .hasMessageContaining("mining.missing-model=nearest");

    settings = settings.with(MiningConfig.MISSING_MODEL, MissingModel.NEAREST);
    assertThat(RegistryModelStore.ofTrainer(settings).find(RUN, 2)).isEmpty();
  }

  private static long version(Optional<MiningModel> model) {
    try (var network = model.orElseThrow().network()) {
      return model.orElseThrow().version();
    }
  }
}
