package dev.quadstream.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.TestingLocale;
import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRegistryTest {

  private static final byte[] MODEL = "the model's bytes".getBytes(UTF_8);

  @TempDir Path parent;

  private Path directory;
  private ModelRegistry registry;

  @BeforeEach
  void makeRegistry() {
    directory = parent.resolve("registry");
    registry = open(1 << 20);
  }

  private ModelRegistry open(long maxModelBytes) {
    return new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri()), maxModelBytes);
  }

  @Test
  void whatIsPublishedCanBeFoundAndLoaded() {
    ModelManifest published = registry.publish(draft(5), MODEL);

    assertThat(published.file().bytes()).isEqualTo(MODEL.length);
    assertThat(published.file().sha256()).hasSize(64);
    assertThat(published.file().path())
        .isEqualTo(
            "icons/run-1/v0000000005-" + published.file().sha256().substring(0, 12) + ".qsm");
    assertThat(directory.resolve(published.file().path())).hasBinaryContent(MODEL);
    assertThat(registry.latest("icons")).contains(published);
    assertThat(registry.load(registry.latest("icons").orElseThrow())).isEqualTo(MODEL);
    assertThat(filesBelow(directory)).hasSize(2);
  }

  @Test
  void namesAreTheSameInEveryLanguage() {
    ModelManifest published;
    try (TestingLocale persian = TestingLocale.persian()) {
      published = registry.publish(draft(32), MODEL);

      assertThat(published.file().path()).matches("icons/run-1/v0000000032-[0-9a-f]{12}\\.qsm");
      assertThat(registry.load(published)).isEqualTo(MODEL);
    }
    assertThat(registry.find("icons", "run-1", 32)).contains(published);
  }

  @Test
  void theManifestBesideTheModelIsTheOneThatTravels() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path json = manifestOf(published);
    assertThat(JsonMessages.read(Files.readAllBytes(json), ModelManifest.class))
        .isEqualTo(published);
    assertThat(JsonMessages.read(JsonMessages.write(published), ModelManifest.class))
        .isEqualTo(published);
  }

  @Test
  void nothingIsFoundWhereNothingWasPublished() {
    assertThat(registry.latest("icons")).isEmpty();
    assertThat(registry.list("icons")).isEmpty();
    assertThat(registry.removeLeftovers("icons", "run-1")).isZero();
    assertThat(registry.surplus("icons", 1, 9)).isEmpty();
  }

  @Test
  void listsTheOldestFirstOverAllRuns() {
    registry.publish(draft(10), MODEL);
    registry.publish(draft(9), MODEL);
    registry.publish(draft("icons", "run-2", 11, 1_700_000_000_011L), MODEL);
    registry.publish(draft("other", "run-1", 99, 1_700_000_000_099L), MODEL);
    assertThat(registry.list("icons"))
        .extracting(manifest -> manifest.identity().version())
        .containsExactly(9L, 10L, 11L);
    assertThat(registry.latest("icons").orElseThrow().identity().run()).isEqualTo("run-2");
  }

  /** From when a run trained several models, each in a folder of its own. */
  @Test
  void modelsOneFolderDeeperAreFoundLoadedAndPruned() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path run = directory.resolve("icons/run-1");
    Path shard = Files.createDirectory(run.resolve("shard-0"));
    String stem = Path.of(published.file().path()).getFileName().toString().replace(".qsm", "");
    ModelManifest earlier =
        published.of(
            new ModelManifest.File(
                "icons/run-1/shard-0/" + stem + ".qsm",
                published.file().sha256(),
                published.file().bytes()));
    Files.move(run.resolve(stem + ".qsm"), shard.resolve(stem + ".qsm"));
    Files.delete(manifestOf(published));
    Files.write(shard.resolve(stem + ".json"), JsonMessages.write(earlier));

    assertThat(registry.find("icons", "run-1", 5)).contains(earlier);
    assertThat(registry.load(earlier)).isEqualTo(MODEL);
    registry.publish(draft(6), MODEL);
    assertThat(registry.surplus("icons", 1, 9)).containsExactly(earlier);
    registry.delete(earlier.file().path());
    assertThat(filesBelow(shard)).isEmpty();
  }

  @Test
  void publishingTheSameAgainChangesNothing() throws IOException {
    ModelManifest first = registry.publish(draft("icons", "run-1", 5, 1000), MODEL);
    Path model = directory.resolve(first.file().path());
    Object identity = Files.getAttribute(model, "unix:ino");

    ModelManifest second = registry.publish(draft("icons", "run-1", 5, 2000), MODEL);

    assertThat(second).isEqualTo(first);
    assertThat(Files.getAttribute(model, "unix:ino")).isEqualTo(identity);
    assertThat(filesBelow(directory)).hasSize(2);
  }

  @Test
  void anotherJobThatPublishesTheSameBytesTakesTheVersionOver() {
    registry.publish(draft("icons", "run-1", 5, 1000).of("job-1"), MODEL);

    ModelManifest second = registry.publish(draft("icons", "run-1", 5, 2000).of("job-2"), MODEL);

    assertThat(registry.find("icons", "run-1", 5)).contains(second);
    assertThat(second.job()).isEqualTo("job-2");
    assertThat(registry.load(second)).isEqualTo(MODEL);
    assertThat(registry.wasAnother(second)).isFalse();
  }

  @Test
  void otherBytesOfTheSameVersionLieBesideAndTheNewerIsTheLatest() {
    ModelManifest first = registry.publish(draft("icons", "run-1", 5, 1000), MODEL);
    ModelManifest second = registry.publish(draft("icons", "run-1", 5, 2000), new byte[] {1});
    assertThat(registry.latest("icons")).contains(second);
    assertThat(registry.load(first)).isEqualTo(MODEL);
    assertThat(registry.wasAnother(second)).isTrue();
  }

  @Test
  void aCrashBeforeTheRenameShowsNothingAndCanBeRepeated() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path model = directory.resolve(published.file().path());
    Path temporary = model.resolveSibling(".writing/" + model.getFileName() + ".1-2-3.tmp");
    Files.delete(manifestOf(published));
    Files.move(model, temporary);
    Files.write(temporary, Arrays.copyOf(MODEL, 3));

    assertThat(registry.latest("icons")).isEmpty();
    assertThat(registry.publish(draft(5), MODEL)).isEqualTo(published);
    assertThat(registry.load(published)).isEqualTo(MODEL);
    assertThat(registry.removeLeftovers("icons", "run-1")).isEqualTo(1);
    assertThat(filesBelow(directory)).hasSize(2);
  }

  /** Or mining would wait in it for a model for ever. */
  @Test
  void aRegistryThatIsNoDirectoryIsNotTakenForAnEmptyOne() throws IOException {
    Files.write(directory, MODEL);

    assertThatThrownBy(() -> registry.find("icons", "run-1", 5))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(directory + " is no directory");
    assertThatThrownBy(() -> registry.checkWritable())
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(directory + " is no directory");
  }

  /** At any moment of a write: each of its steps then fails in another way. */
  @Test
  void aWriterSaysThatAFileHasReplacedTheRegistryWheneverThatHappens() throws Exception {
    Random random = new Random(11);
    for (int trial = 0; trial < 100; trial++) {
      Path real = Files.createDirectory(parent.resolve("real-" + trial));
      Files.deleteIfExists(directory);
      Files.createSymbolicLink(directory, real);
      CountDownLatch published = new CountDownLatch(1);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                for (int version = 1; ; version++) {
                  registry.publish(draft(version), MODEL);
                  published.countDown();
                }
              });
      assertThat(published.await(30, TimeUnit.SECONDS)).isTrue();
      Path file = Files.write(parent.resolve("file"), MODEL);
      LockSupport.parkNanos(random.nextInt(1_000_000));
      Files.move(file, directory, StandardCopyOption.ATOMIC_MOVE);

      assertThatThrownBy(() -> writer.get(30, TimeUnit.SECONDS))
          .as("trial %d", trial)
          .hasCauseInstanceOf(RegistryException.class)
          .hasMessageContaining(directory + " is no directory");
    }
  }

  @Test
  void theWriterOfARunRemovesItsOwnLeftoversAndNoOthers() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path run = directory.resolve(published.file().path()).getParent();
    Path otherRun = Files.createDirectories(run.resolveSibling("run-3/.writing"));
    Files.write(run.resolve(".writing/v0000000006.json.1-2-3.tmp"), MODEL);
    Path other = Files.write(otherRun.resolve("v0000000006.json.4-5-6.tmp"), MODEL);

    Path best = Files.write(directory.resolve("best.qsm"), MODEL);
    Path mine = Files.write(run.resolve("mine.qsm"), MODEL);

    assertThat(registry.removeLeftovers("icons", "run-1")).isEqualTo(1);
    assertThat(registry.removeLeftovers("icons", "run-2")).isZero();
    assertThat(filesBelow(run)).hasSize(3);
    assertThat(List.of(best, mine)).allSatisfy(file -> assertThat(file).exists());
    assertThat(registry.load(published)).isEqualTo(MODEL);
    assertThat(other).exists();
  }

  @Test
  void aCrashBetweenModelAndManifestIsCompleted() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path json = manifestOf(published);
    Files.delete(json);
    assertThat(registry.latest("icons")).isEmpty();

    assertThat(registry.publish(draft(5), MODEL)).isEqualTo(published);
    assertThat(registry.latest("icons")).contains(published);
  }

  @Test
  void aModelIsDeletedWithItsManifestAndAgain() {
    ModelManifest published = registry.publish(draft(5), MODEL);

    registry.delete(published.file().path());
    registry.delete(published.file().path());

    assertThat(registry.find("icons", "run-1", 5)).isEmpty();
    assertThat(filesBelow(directory)).isEmpty();
  }

  @Test
  void theManifestThatLeadsToOtherBytesOfAVersionStaysWhenTheFirstAreDeleted() {
    ModelManifest first = registry.publish(draft("icons", "run-1", 5, 1000), MODEL);
    ModelManifest second = registry.publish(draft("icons", "run-1", 5, 2000), new byte[] {1});

    registry.delete(first.file().path());

    assertThat(registry.find("icons", "run-1", 5)).contains(second);
    assertThat(registry.load(second)).containsExactly(1);
    assertThat(filesBelow(directory)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "best.qsm",
        "icons/run-1/best.qsm",
        "icons/run-1/v5-0123456789ab.qsm",
        "icons/run-1/v0000000005-0123456789ab.json",
        "icons/../run-1/v0000000005-0123456789ab.qsm",
        "v0000000005-0123456789ab.qsm"
      })
  void whatTheRegistryDidNotNameIsNotDeleted(String path) throws IOException {
    Path file = directory.resolve(path).normalize();
    Files.createDirectories(file.getParent());
    Files.write(file, MODEL);

    assertThatThrownBy(() -> registry.delete(path))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(path);
    assertThat(file).exists();
  }

  @Test
  void aPowerCutThatTruncatedTheFilesIsRepairedByPublishingAgain() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path model = directory.resolve(published.file().path());
    Path json = manifestOf(published);
    Files.write(model, new byte[0]);
    Files.write(json, new byte[0]);

    registry.publish(draft(5), MODEL);

    assertThat(registry.load(registry.latest("icons").orElseThrow())).isEqualTo(MODEL);
  }

  @Test
  void readersNeverSeePartOfAModelWhileItIsWritten() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Long> reader =
        CompletableFuture.supplyAsync(
            () -> {
              long highest = -1;
              while (!done.get()) {
                ModelManifest latest = registry.latest("icons").orElse(null);
                if (latest != null) {
                  assertThat(registry.load(latest)[0])
                      .isEqualTo((byte) latest.identity().version());
                  assertThat(latest.identity().version()).isGreaterThanOrEqualTo(highest);
                  highest = latest.identity().version();
                }
              }
              return registry.latest("icons").orElseThrow().identity().version();
            });
    try {
      for (int version = 0; version < 60; version++) {
        byte[] model = new byte[500_000];
        new Random(version).nextBytes(model);
        model[0] = (byte) version;
        registry.publish(draft(version), model);
        registry.surplus("icons", 30, 9).forEach(old -> registry.delete(old.file().path()));
      }
    } finally {
      done.set(true);
    }
    assertThat(reader.get(2, TimeUnit.MINUTES)).isEqualTo(59);
  }

  @Test
  void aChangedFileIsRefusedWithBothChecksums() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    byte[] changed = MODEL.clone();
    changed[0] ^= 1;
    Files.write(directory.resolve(published.file().path()), changed);
    assertThatThrownBy(() -> registry.load(published))
        .isInstanceOfSatisfying(
            RegistryException.class, failure -> assertThat(failure.isLost()).isTrue())
        .hasMessageContaining(published.file().path())
        .hasMessageContaining(published.file().sha256())
        .hasMessageMatching("(?s).* has sha256 [0-9a-f]{64}, .*");
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Files.write(directory.resolve(published.file().path()), Arrays.copyOf(MODEL, 3));
    assertThatThrownBy(() -> registry.load(published))
        .isInstanceOfSatisfying(
            RegistryException.class, failure -> assertThat(failure.isLost()).isTrue())
        .hasMessageContaining("has 3 bytes")
        .hasMessageContaining(Integer.toString(MODEL.length));
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Files.delete(directory.resolve(published.file().path()));
    assertThatThrownBy(() -> registry.load(published))
        .isInstanceOfSatisfying(
            RegistryException.class, failure -> assertThat(failure.isLost()).isTrue())
        .hasMessageContaining(published.file().path())
        .hasMessageContaining("is missing");
  }

  @Test
  void aMissingFileWhoseFolderIsAwayAsWellMayComeBack() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Files.move(directory, directory.resolveSibling("unmounted"));
    assertThatThrownBy(() -> registry.load(published))
        .isInstanceOfSatisfying(
            RegistryException.class, failure -> assertThat(failure.isLost()).isFalse())
        .hasMessageContaining("is missing");
  }

  @Test
  void aMissingFileOfARegistryThatIsNoDirectoryIsPutDownToTheRegistry() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Files.move(directory, directory.resolveSibling("moved"));
    Files.write(directory, MODEL);
    assertThatThrownBy(() -> registry.load(published))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(directory + " is no directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "../outside.qsm",
        "icons/../../outside.qsm",
        "icons/./x.qsm",
        "/etc/passwd",
        "file:/etc/passwd.qsm",
        "s3://bucket/x.qsm",
        "icons\\..\\x.qsm",
        "icons//x.qsm",
        "icons/.hidden.qsm",
        "icons/x.qsm\n"
      })
  void aFileOutsideTheRegistryIsRefused(String file) throws IOException {
    Files.write(parent.resolve("outside.qsm"), MODEL);
    ModelManifest published = registry.publish(draft(5), MODEL);
    ModelManifest forged =
        draft(5).of(new ModelManifest.File(file, published.file().sha256(), MODEL.length));
    assertThatThrownBy(() -> registry.load(forged))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("not a plain path within the registry");
  }

  @Test
  void aLinkOutOfTheRegistryIsRefused() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path outside = Files.createDirectory(parent.resolve("outside"));
    Files.write(outside.resolve("x.qsm"), MODEL);
    Files.createSymbolicLink(directory.resolve("link"), outside);
    Files.createSymbolicLink(directory.resolve("x.qsm"), outside.resolve("x.qsm"));
    for (String file : List.of("link/x.qsm", "x.qsm")) {
      ModelManifest forged =
          draft(5).of(new ModelManifest.File(file, published.file().sha256(), MODEL.length));
      assertThatThrownBy(() -> registry.load(forged))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("link out of the registry");
    }
  }

  @Test
  void aFileOverTheLimitIsNotRead() {
    ModelManifest published = registry.publish(draft(5), MODEL);
    assertThatThrownBy(() -> open(MODEL.length - 1).load(published))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("%d bytes, and at most %d".formatted(MODEL.length, MODEL.length - 1));
    assertThat(open(MODEL.length).load(published)).isEqualTo(MODEL);
  }

  @Test
  void emptyAndOversizeModelsAreNotPublished() {
    assertThatThrownBy(() -> registry.publish(draft(5), new byte[0]))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("has 0 bytes");
    assertThatThrownBy(() -> open(3).publish(draft(5), MODEL))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("1 to 3");
  }

  @Test
  void aManifestOfALaterFormatIsRefused() {
    ModelManifest published = registry.publish(draft(5), MODEL);
    String json = new String(JsonMessages.write(published), UTF_8);
    ModelManifest later =
        JsonMessages.read(
            json.replace("\"formatVersion\":1", "\"formatVersion\":2").getBytes(UTF_8),
            ModelManifest.class);
    assertThatThrownBy(() -> registry.load(later))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("format 2");
  }

  @Test
  void aModelIsOpenedAfterTheSameChecksAsItIsLoaded() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    try (InputStream model = registry.open(published)) {
      assertThat(model.readAllBytes()).isEqualTo(MODEL);
    }

    byte[] damaged = MODEL.clone();
    damaged[0]++;
    Files.write(directory.resolve(published.file().path()), damaged);
    assertThatThrownBy(() -> registry.open(published))
        .hasMessageContaining(published.file().sha256());
    Files.delete(directory.resolve(published.file().path()));
    assertThatThrownBy(() -> registry.open(published)).hasMessageContaining("is missing");
  }

  @Test
  void aDamagedManifestIsNamed() throws IOException {
    ModelManifest published = registry.publish(draft(5), MODEL);
    Path json = manifestOf(published);
    Files.writeString(json, "{\"name\":");
    assertThatThrownBy(() -> registry.latest("icons"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(json.getFileName().toString())
        .hasMessageContaining("damaged");
  }

  @Test
  void pruningKeepsWhatIsLiveAndNothingOfRunsLongAgo() {
    for (int version = 1; version <= 8; version++) {
      registry.publish(draft("icons", "run-1", version, version), MODEL);
      registry.publish(
          draft("icons", "run-2", version, 100 + version)
              .with(new ReleaseDecision(3, 2L, "gate", "waiting", false, List.of(), null)),
          MODEL);
    }

    assertThat(registry.surplus("icons", 4, 1))
        .extracting(model -> model.identity().run() + "/" + model.identity().version())
        .contains("run-2/1", "run-2/4", "run-1/1", "run-1/8")
        .hasSize(2 + 8);
  }

  @Test
  void pruningKeepsTheNewestOfEachRun() {
    for (int version = 1; version <= 4; version++) {
      registry.publish(draft(version), MODEL);
      registry.publish(draft("icons", "run-2", version, 1_700_000_000_000L + version), MODEL);
    }
    List<ModelManifest> surplus = registry.surplus("icons", 3, 9);
    assertThat(surplus).extracting(model -> model.identity().version()).containsExactly(1L, 1L);
    surplus.forEach(old -> registry.delete(old.file().path()));
    assertThat(registry.surplus("icons", 3, 9)).isEmpty();
    assertThat(registry.list("icons"))
        .extracting(manifest -> manifest.identity().version())
        .containsExactly(2L, 2L, 3L, 3L, 4L, 4L);
    assertThat(filesBelow(directory)).hasSize(12);
    assertThatThrownBy(() -> registry.surplus("icons", 0, 9))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    registry.checkWritable();
    assertThat(filesBelow(directory)).isEmpty();

    Path file = Files.createFile(parent.resolve("file"));
    ModelRegistry blocked =
        new ModelRegistry(new org.apache.flink.core.fs.Path(file.resolve("registry").toUri()));
    assertThatThrownBy(blocked::checkWritable)
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> blocked.publish(draft(5), MODEL))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a b", "../x"})
  void namesThatAreNotPlainAreRefused(String name) {
    assertThatThrownBy(() -> draft(name, "run-1", 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + name + "'");
    assertThatThrownBy(() -> registry.list(name)).isInstanceOf(IllegalArgumentException.class);
  }

  private static ModelManifest draft(long version) {
    return draft("icons", "run-1", version, 1_700_000_000_000L + version);
  }

  private static ModelManifest draft(String name, String run, long version, long createdAt) {
    return ModelManifest.draft(
        new ModelManifest.Identity(name, run, version),
        version,
        createdAt,
        new ModelManifest.Network("config", "small", "learned", 64, "1x32x32", null),
        new ModelManifest.Margins(0.25, Double.NaN),
        Map.of("recallAt1", 0.75));
  }

  private Path manifestOf(ModelManifest published) {
    return directory
        .resolve(published.file().path())
        .resolveSibling("v%010d.json".formatted(published.identity().version()));
  }

  private static List<Path> filesBelow(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
