package dev.quadstream.stream.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutableDirectoryTest {

  @TempDir private Path directory;

  @Test
  void aDirectoryThatProgramsRunFromPassesAndIsLeftEmpty() {
    assertThatCode(() -> ExecutableDirectory.require(directory)).doesNotThrowAnyException();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void oneThatIsMountedWithoutExecutionIsRefusedByName() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "noexec,size=1m", "tmpfs", directory.toString()) == 0,
        "Mounting a file system takes root.");
    try {
      assertThatThrownBy(() -> ExecutableDirectory.require(directory))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContainingAll(directory.toString(), "noexec", "java.io.tmpdir");
    } finally {
      run("umount", directory.toString());
    }
  }

  @Test
  void oneThatIsNotThereIsRefusedByName() {
    assertThatThrownBy(() -> ExecutableDirectory.require(directory.resolve("missing")))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContainingAll("missing", "java.io.tmpdir");
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
