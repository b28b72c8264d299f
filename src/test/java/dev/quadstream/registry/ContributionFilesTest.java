package dev.quadstream.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.TestingLocale;
import dev.quadstream.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContributionFilesTest {

  private static final byte[] CONTENT = "what was learned".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path registry;
  private ContributionFiles files;

  @BeforeEach
  void files() {
    files = new ContributionFiles(new org.apache.flink.core.fs.Path(registry.toUri()));
  }

  private ContributionFiles.Stored write(long window, byte[] content) {
    return files.write("icons", "run-1", 0, window, output -> output.write(content));
  }

  @Test
  void theSameContentIsTheSameFileAndComesBackAsItWas() throws Exception {
    ContributionFiles.Stored stored = write(62, CONTENT);

    assertThat(stored.path()).matches("icons/run-1/contributions/w0000000062-[0-9a-f]{12}\\.qsc");
    assertThat(stored.sha256()).isEqualTo(Sha256.of(CONTENT));
    assertThat(stored.bytes()).isEqualTo(CONTENT.length);
    assertThat(write(62, CONTENT)).isEqualTo(stored);
    assertThat(written()).hasSize(1);
    try (InputStream input = files.open(stored)) {
      assertThat(input.readAllBytes()).isEqualTo(CONTENT);
    }
    assertThat(write(62, new byte[5]).path()).isNotEqualTo(stored.path());
  }

  @Test
  void namesAreTheSameInEveryLanguage() throws Exception {
    try (TestingLocale persian = TestingLocale.persian();
        InputStream input = files.open(write(62, CONTENT))) {
      assertThat(input.readAllBytes()).isEqualTo(CONTENT);
    }
  }

  @Test
  void whatFailsWhileItIsWrittenLeavesNothing() throws Exception {
    assertThatThrownBy(
            () ->
                files.write(
                    "icons",
                    "run-1",
                    0,
                    62,
                    output -> {
                      output.write(CONTENT);
                      throw new FileSystemException("x", null, "No space left on device");
                    }))
        .isInstanceOf(RegistryException.class)
        .hasMessageContainingAll("icons/run-1/contributions", "No space left", "free space");
    assertThat(written()).isEmpty();
  }

  @Test
  void anotherContentThanWasWrittenIsFoundByTheEndOfTheFile() throws Exception {
    ContributionFiles.Stored stored = write(62, CONTENT);
    byte[] changed = CONTENT.clone();
    changed[3]++;
    for (byte[] other : List.of(changed, new byte[3], new byte[0], new byte[100])) {
      Files.write(registry.resolve(stored.path()), other);

      assertThatThrownBy(() -> readAll(stored))
          .isInstanceOfSatisfying(
              RegistryException.class, failure -> assertThat(failure.isLost()).isTrue())
          .hasMessageContainingAll(stored.path(), stored.sha256(), "--from-model");
    }
  }

  @Test
  void aFileThatIsGoneIsLostAndOneWhoseFolderIsAwayMayComeBack() throws Exception {
    ContributionFiles.Stored stored = write(62, CONTENT);
    Path file = registry.resolve(stored.path());
    Files.delete(file);
    assertThatThrownBy(() -> files.open(stored))
        .isInstanceOfSatisfying(
            RegistryException.class, failure -> assertThat(failure.isLost()).isTrue())
        .hasMessageContainingAll("is missing", stored.path(), "--from-model");

    Files.move(file.getParent(), registry.resolve("elsewhere"));
    assertThatThrownBy(() -> files.open(stored))
        .isInstanceOfSatisfying(
            RegistryException.class, failure -> assertThat(failure.isLost()).isFalse());
  }

  @Test
  void onlyWhatAReplicaBroughtIsDeletedOrRead() throws Exception {
    ContributionFiles.Stored stored = write(62, CONTENT);
    Path model = Files.writeString(registry.resolve("icons/run-1/v0000000062.json"), "{}");
    for (String path :
        List.of(
            "icons/run-1/v0000000062.json",
            "../icons/run-1/contributions/w0000000062-0123456789ab.qsc",
            "icons/../contributions/w0000000062-0123456789ab.qsc",
            "icons/run-1/contributions/mine.qsc")) {
      assertThatThrownBy(() -> files.delete(path)).hasMessageContaining(path);
      assertThatThrownBy(() -> files.open(new ContributionFiles.Stored(path, 2, "x")))
          .hasMessageContaining(path);
    }
    files.delete(stored.path());
    files.delete(stored.path());
    assertThat(written()).isEmpty();
    assertThat(model).exists();
  }

  @Test
  void aReplicaRemovesWhatACrashOfItselfLeftAndOfNoOther() throws Exception {
    Path writing = Files.createDirectories(registry.resolve("icons/run-1/contributions/.writing"));
    Path own = Files.writeString(writing.resolve("r1.0c1e.tmp"), "half");
    Path other = Files.writeString(writing.resolve("r12.0c1e.tmp"), "half");

    assertThat(files.removeLeftovers("icons", "run-1", 1)).isEqualTo(1);
    assertThat(own).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void whatComesBeforeTheModelsThatStayIsSurplusAndSoIsWhatNobodyWritesAnyMore() throws Exception {
    write(30, CONTENT);
    ContributionFiles.Stored later = write(64, CONTENT);
    Path writing = Files.createDirectories(registry.resolve("icons/run-1/contributions/.writing"));
    Path abandoned = Files.writeString(writing.resolve("r1.0c1e.tmp"), "half");
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minusSeconds(7_200)));
    Files.writeString(writing.resolve("r0.0c1e.tmp"), "half");
    Files.writeString(registry.resolve("icons/run-1/contributions/mine.txt"), "mine");

    assertThat(surplus(OptionalLong.of(64)))
        .satisfiesExactlyInAnyOrder(
            name -> assertThat(name).startsWith("w0000000030-"),
            name -> assertThat(name).isEqualTo("r1.0c1e.tmp"));
    assertThat(surplus(OptionalLong.empty()))
        .hasSize(3)
        .contains(Path.of(later.path()).getFileName().toString());
  }

  private List<String> surplus(OptionalLong oldestModel) {
    return files.surplus("icons", "run-1", oldestModel).stream()
        .map(file -> file.getPath().getName())
        .toList();
  }

  private void readAll(ContributionFiles.Stored stored) throws IOException {
    try (InputStream input = files.open(stored)) {
      input.readAllBytes();
    }
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> all = Files.walk(registry)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith(".json"))
          .toList();
    }
  }
}
