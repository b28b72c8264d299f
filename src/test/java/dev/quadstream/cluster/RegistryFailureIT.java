package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The registry cannot be written to for a while: the job says which directory of which option, and
 * goes on to the same bits when the cause is gone. Not by permissions, which root does not feel.
 */
@ExtendWith(TestingProcesses.Shared.class)
class RegistryFailureIT {

  private static final long SEED = 15;
  private static final int WINDOWS = 40;

  @Test
  void aRunWhoseRegistryIsNoDirectoryForAWhileSaysSoAndGoesOnToTheSameBits(
      TestingProcesses processes) throws Exception {
    try (TestingRun run = new TestingRun(processes, "registry", SEED, 1, Map.of())) {
      // A link, so that each change is one step: the job would make a missing directory.
      Path real = Files.createDirectories(run.directory().resolve("models-on-disk"));
      Path registry = Files.createSymbolicLink(run.directory().resolve("models"), real);
      start(run);

      Path file = Files.writeString(run.directory().resolve("file"), "in the way");
      Files.move(file, registry, StandardCopyOption.ATOMIC_MOVE);
      assertFailsNaming(run, registry, "is no directory");
      Path link = Files.createSymbolicLink(run.directory().resolve("link"), real);
      Files.move(link, registry, StandardCopyOption.ATOMIC_MOVE);

      assertGoesOn(run);
    }
  }

  @Test
  void aRunWhoseRegistryIsFullForAWhileSaysSoAndGoesOnToTheSameBits(TestingProcesses processes)
      throws Exception {
    try (TestingRun run = new TestingRun(processes, "full", SEED, 1, Map.of())) {
      Path registry = Files.createDirectories(run.directory().resolve("models"));
      assumeThat(run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", registry.toString()))
          .as("exit code of mount, which not every user may")
          .isZero();
      try {
        start(run);

        Path ballast = registry.resolve("ballast");
        fill(ballast);
        assertFailsNaming(run, registry, "No space left on device");
        Files.delete(ballast);

        assertGoesOn(run);
      } finally {
        assertThat(run("umount", "--lazy", registry.toString())).isZero();
      }
    }
  }

  private static void start(TestingRun run) throws Exception {
    run.sendWindows(WINDOWS / 2);
    run.start();
    run.awaitTrained(WINDOWS / 4);
  }

  private static void assertFailsNaming(TestingRun run, Path registry, String cause)
      throws Exception {
    run.feedUntil(
        "a failure that names the option",
        () -> run.ask("/exceptions").contains("registry.directory"));
    assertThat(run.ask("/exceptions"))
        .contains("Option registry.directory = file:" + registry)
        .contains(cause);
    assertThat(run.job().status().isTerminalState()).isFalse();
  }

  private static void assertGoesOn(TestingRun run) throws Exception {
    run.sendWindows(WINDOWS / 2);
    run.awaitTrained(run.sentWindows());
    assertThat(RunOutcome.of(run, 0, run.drain()))
        .as("seed %d", SEED)
        .isEqualTo(RunOutcome.flawless(0, run.sentWindows()));
  }

  /** Writes until the file system takes no more. */
  private static void fill(Path file) throws IOException {
    byte[] page = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
