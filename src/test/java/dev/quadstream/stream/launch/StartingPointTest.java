package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingPointTest {

  private static final String JOB = "a1";
  private static final String NEXT_JOB = "b2";

  @TempDir private Path directory;

  private Path checkpoints;
  private PipelineSettings settings;

  @BeforeEach
  void twoDirectories() {
    checkpoints = directory.resolve("checkpoints");
    settings = settings("");
  }

  @Test
  void whereNothingWasEverKeptTheRunIsNew() {
    assertThat(startingPoint(null)).isNull();
    assertThat(startingPoint("latest")).isNull();
  }

  @Test
  void aPathIsTakenAsItIs() {
    progressOf(settings).begin(JOB, null);
    assertThat(startingPoint("s3://elsewhere/savepoint")).isEqualTo("s3://elsewhere/savepoint");
  }

  @Test
  void latestIsWhatThePipelinesNewestJobCompletedLastWhereverThatLies() throws IOException {
    String early = whole(checkpoints.resolve("a1/chk-7"));
    String savepoint = whole(directory.resolve("elsewhere/savepoint-1"));
    // Newer by the clock and of nobody that this pipeline knows.
    whole(checkpoints.resolve("foreign/chk-99"));
    progressOf(settings).begin(JOB, null);
    progressOf(settings).completed(JOB, early);
    assertThat(startingPoint("latest")).isEqualTo(early);

    progressOf(settings).completed(JOB, savepoint);
    assertThat(startingPoint("latest")).isEqualTo(savepoint);
  }

  @Test
  void theBackupOfTheDocumentationIsGoneOnFromBesideNothingElse() throws IOException {
    Matcher backup =
        Pattern.compile("tar -czf \\S+ -C /opt/quadstream (.*)")
            .matcher(Files.readString(Path.of("docs/operations.md")));
    assertThat(backup.find()).isTrue();
    List<Path> kept = Stream.of(backup.group(1).split(" ")).map(directory::resolve).toList();
    Files.createDirectories(directory.resolve("models/quadstream/0123abcd"));
    progressOf(settings).begin(JOB, null);
    progressOf(settings).completed(JOB, whole(checkpoints.resolve("a1/chk-7")));
    String savepoint = whole(checkpoints.resolve("savepoints/savepoint-a1"));
    progressOf(settings).completed(JOB, savepoint);

    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (kept.stream().noneMatch(file::startsWith)) {
          Files.delete(file);
        }
      }
    }
    Files.delete(checkpoints.resolve("a1/chk-7"));

    assertThat(kept).allSatisfy(path -> assertThat(path).exists());
    assertThat(startingPoint("latest")).isEqualTo(savepoint);
  }

  @Test
  void whereTheNewestIsGoneNoOlderOneTakesItsPlace() throws IOException {
    progressOf(settings).begin(JOB, null);
    progressOf(settings).completed(JOB, whole(checkpoints.resolve("a1/chk-7")));
    progressOf(settings).begin(NEXT_JOB, checkpoints.resolve("a1/chk-7").toUri().toString());
    progressOf(settings).completed(NEXT_JOB, checkpoints.resolve("b2/chk-8").toUri().toString());

    assertRefused("latest", "b2/chk-8", NEXT_JOB, "not there", "--new-run");
    assertThat(new StartingPoint(settings).resolve(null, true)).isNull();
  }

  @Test
  void aJobThatEndsBeforeItsFirstCheckpointLeavesWhatItBeganFrom() throws IOException {
    String savepoint = whole(directory.resolve("elsewhere/savepoint-1"));
    progressOf(settings).begin(JOB, savepoint);
    assertThat(startingPoint("latest")).isEqualTo(savepoint);

    progressOf(settings).begin(NEXT_JOB, null);
    assertThat(startingPoint("latest")).as("it began a new run").isNull();
    assertThat(startingPoint(null)).isNull();
  }

  @Test
  void aStartWithoutAWordAboutACheckpointThatIsThereIsRefused() throws IOException {
    String checkpoint = whole(checkpoints.resolve("a1/chk-7"));
    progressOf(settings).begin(JOB, null);
    progressOf(settings).completed(JOB, checkpoint);

    assertRefused(null, checkpoint, "--from-savepoint latest", "--new-run");
    assertThat(new StartingPoint(settings).resolve(null, true)).isNull();
  }

  @Test
  void aJobThatFlinkStartsAgainKeepsWhatItHasCompleted() throws IOException {
    String checkpoint = whole(checkpoints.resolve("a1/chk-7"));
    progressOf(settings).begin(JOB, null);
    progressOf(settings).completed(JOB, checkpoint);
    progressOf(settings).begin(JOB, null);

    assertThat(startingPoint("latest")).isEqualTo(checkpoint);
  }

  @Test
  void modelsOfARunThatNothingIsKnownOfAreNotTrainedOver() throws IOException {
    Files.createDirectories(directory.resolve("models/quadstream/0123abcd"));
    assertRefused("latest", "run 0123abcd", "network quadstream", "--new-run");
    assertRefused(null, "run 0123abcd");
    Files.createDirectories(directory.resolve("models/quadstream/4567abcd"));
    assertRefused(null, "2 runs");
  }

  @Test
  void checkpointsOfAnEarlierVersionAreNamedTheNewestByTimeAndNotTaken() throws IOException {
    whole(checkpoints.resolve("a/chk-99"), 1_000);
    whole(checkpoints.resolve("b/chk-7"), 3_000);
    whole(checkpoints.resolve("savepoints/savepoint-1"), 2_000);
    Files.createDirectories(checkpoints.resolve("b/chk-8"));
    Files.createDirectories(directory.resolve("models/quadstream/0123abcd"));

    assertRefused("latest", "b/chk-7", "earlier version");
    assertRefused(null, "b/chk-7");
  }

  @Test
  void pipelinesThatShareADirectoryDoNotKnowEachOther() throws IOException {
    PipelineSettings other = settings("other.");
    progressOf(other).begin(JOB, null);
    progressOf(other).completed(JOB, whole(checkpoints.resolve("a1/chk-7")));

    assertThat(startingPoint("latest")).isNull();
    assertThat(new StartingPoint(other).resolve("latest", false)).contains("a1/chk-7");
  }

  @Test
  void namesThatAFileCannotHaveHaveFilesOfTheirOwn() {
    ProgressFile slash = new ProgressFile(settings.checkpointDirectory(), "a/b/猫");
    ProgressFile other = new ProgressFile(settings.checkpointDirectory(), "a_b/犬");
    slash.begin(JOB, null);
    assertThat(slash.read()).isPresent();
    assertThat(other.read()).isEmpty();
  }

  @Test
  void aDamagedFileIsNamedUntilAPathOrANewRunIsAskedForWhoseJobWritesItAnew() throws IOException {
    progressOf(settings).begin(JOB, null);
    Path file = Path.of(progressOf(settings).toString().replaceFirst("^file:", ""));
    for (String damaged : List.of("{", "{}", " ".repeat(1 << 17))) {
      Files.writeString(file, damaged);
      assertRefused(null, file.toString(), "--from-savepoint", "--new-run");
      assertRefused("latest", file.toString(), "--from-savepoint", "--new-run");
    }
    assertThat(new StartingPoint(settings).resolve(null, true)).isNull();
    progressOf(settings).begin(NEXT_JOB, null);
    Files.writeString(file, "{");
    progressOf(settings).completed(NEXT_JOB, whole(checkpoints.resolve("b2/chk-1")));
    assertThat(startingPoint("latest")).contains("b2/chk-1");
  }

  private void assertRefused(String path, String... parts) {
    assertThatThrownBy(() -> startingPoint(path))
        .isInstanceOf(StartRefusedException.class)
        .message()
        .contains(parts);
  }

  private String startingPoint(String path) {
    return new StartingPoint(settings).resolve(path, false);
  }

  private static ProgressFile progressOf(PipelineSettings settings) {
    return new ProgressFile(settings.checkpointDirectory(), settings.kafkaName());
  }

  private PipelineSettings settings(String prefix) {
    return PipelineSettings.of(
        Configuration.fromMap(
            Map.of(
                "kafka.topic-prefix",
                prefix,
                "registry.directory",
                directory.resolve("models").toString(),
                "checkpoint.directory",
                checkpoints.toString())));
  }

  private static String whole(Path checkpoint) throws IOException {
    return whole(checkpoint, System.currentTimeMillis());
  }

  private static String whole(Path checkpoint, long modifiedMillis) throws IOException {
    Path metadata = Files.createDirectories(checkpoint).resolve("_metadata");
    Files.writeString(metadata, checkpoint.toString());
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(modifiedMillis));
    return checkpoint.toUri().toString();
  }
}
