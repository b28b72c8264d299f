package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

  private static final byte[] BYTES = "the model".getBytes(UTF_8);

  @TempDir private Path directory;

  @Test
  void takesThePlaceOfWhatWasThereAndLeavesNothingBeside() throws IOException {
    Path file = Files.writeString(directory.resolve("model"), "a longer one that was there before");

    OutputFile.requireWritable(file);
    OutputFile.write(file, BYTES);

    assertThat(file).hasBinaryContent(BYTES);
    assertThat(directory).isDirectoryContaining(path -> path.equals(file));
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aLinkStaysALinkWhetherItLeadsSomewhereOrNot() throws IOException {
    Path real = Files.writeString(directory.resolve("real"), "before");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("real"));
    Path nowhere = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("new"));

    for (Path file : new Path[] {link, nowhere}) {
      OutputFile.requireWritable(file);
      OutputFile.write(file, BYTES);
      assertThat(file).isSymbolicLink().hasBinaryContent(BYTES);
    }
    assertThat(real).isRegularFile().hasBinaryContent(BYTES);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aNewFileHasTheUmasksModeAndAnOldOneKeepsItsOwn() throws IOException {
    Path ordinary = Files.writeString(directory.resolve("ordinary"), "as any program makes it");
    Path file = directory.resolve("model");
    Path shared = Files.writeString(directory.resolve("shared"), "before");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-rw-rw-"));

    OutputFile.write(file, BYTES);
    OutputFile.write(shared, BYTES);

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(Files.getPosixFilePermissions(ordinary));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
        .isEqualTo("rw-rw-rw-");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsWrittenIntoAndStaysADevice() {
    Path device = Path.of("/dev/null");

    OutputFile.requireWritable(device);
    OutputFile.write(device, BYTES);

    assertThat(Files.isRegularFile(device, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(OutputFile.isPipe(Path.of("/dev/full"))).isFalse();
    assertThatThrownBy(() -> OutputFile.write(Path.of("/dev/full"), BYTES))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("/dev/full");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileInMemoryIsAFileAsOthers() throws IOException {
    Path file = Files.createTempDirectory(Path.of("/dev/shm"), "quadstream").resolve("model");
    try {
      OutputFile.requireWritable(file);
      OutputFile.write(file, new byte[100]);
      OutputFile.write(file, BYTES);
      assertThat(file).hasBinaryContent(BYTES);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(file.getParent());
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aPipesReaderGetsTheBytes() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(OutputFile.isPipe(pipe)).isTrue();
    CompletableFuture<byte[]> reader =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readAllBytes(pipe);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

    OutputFile.requireWritable(pipe);
    OutputFile.write(pipe, BYTES);

    assertThat(reader.get(1, TimeUnit.MINUTES)).isEqualTo(BYTES);
    assertThat(Files.isRegularFile(pipe)).isFalse();
  }

  @Test
  void directoriesThatAreNotThereAreMadeOnceThereIsSomethingToWrite() {
    Path file = directory.resolve("new/inner/model");

    OutputFile.requireWritable(file);
    assertThat(directory.resolve("new")).doesNotExist();

    OutputFile.write(file, BYTES);
    assertThat(file).hasBinaryContent(BYTES);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedBefore() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "no directory");
    assertThatThrownBy(() -> OutputFile.requireWritable(directory))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(directory.toString());
    assertThatThrownBy(() -> OutputFile.requireWritable(file.resolve("model")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(file + " is no directory");
  }
}
