package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.cli.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineChecksTest {

  private static final long GIB = 1L << 30;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"11, PROBLEM", "17, OK", "21, WARNING"})
  void javaMustBeSeventeen(int feature, Level level) {
    assertThat(MachineChecks.java(feature, feature + ".0.1").level()).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource({"4.2.2, OK", "3.9.1, OK", "4.3.0, WARNING", "5.0.0, WARNING", "unknown, WARNING"})
  void kafkaClientsMustBeOlderThanFourThree(String version, Level level) {
    assertThat(MachineChecks.kafkaClients(version).level()).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource({"2, OK", "many, PROBLEM", ", OK"})
  void theNativesMustTakeWhatIsSet(String threads, Level level) {
    Map<String, String> environment =
        threads == null ? Map.of() : Map.of("OMP_NUM_THREADS", threads);
    assertThat(MachineChecks.nativeThreads(environment, 4).level()).isEqualTo(level);
  }

  @Test
  void heapAndNativeMemoryMustFitTheMachine() {
    assertThat(MachineChecks.memory(GIB, GIB, true, 4 * GIB).level()).isEqualTo(Level.OK);
    assertThat(MachineChecks.memory(GIB, GIB, false, 4 * GIB).level()).isEqualTo(Level.WARNING);
    assertThat(MachineChecks.memory(3 * GIB, 2 * GIB, true, 4 * GIB).level())
        .isEqualTo(Level.WARNING);
  }

  @Test
  void directoriesMustBeWritable() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertThat(MachineChecks.directory("registry", flink(directory.resolve("new"))).level())
        .isEqualTo(Level.OK);
    assertThat(MachineChecks.directory("registry", flink(file.resolve("below"))).level())
        .isEqualTo(Level.PROBLEM);
    assertThat(MachineChecks.temporaryDirectory(directory).level()).isEqualTo(Level.OK);
    assertThat(MachineChecks.temporaryDirectory(file).level()).isEqualTo(Level.PROBLEM);
  }

  @ParameterizedTest
  @CsvSource({
    "linux-x86_64-onednn-avx2, avx avx2, OK",
    "linux-x86_64-onednn-avx2, avx, PROBLEM",
    "linux-x86_64-onednn-avx512, avx avx2, PROBLEM",
    "linux-x86_64-onednn-avx512, avx2 avx512f, OK",
    "linux-x86_64-onednn, sse2, OK",
    "linux-x86_64-onednn-avx2, '', WARNING"
  })
  void theNativeBuildMustFitTheProcessor(String build, String flags, Level level) {
    Set<String> known = flags.isEmpty() ? Set.of() : Set.of(flags.split(" "));
    assertThat(NativeChecks.processor(known, Optional.of(build), "linux-x86_64").level())
        .isEqualTo(level);
  }

  @Test
  void aPlatformWithoutNativesIsAProblem() {
    assertThat(NativeChecks.processor(Set.of("avx2"), Optional.empty(), "linux-riscv64").message())
        .contains("linux-riscv64");
  }

  private static org.apache.flink.core.fs.Path flink(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri());
  }
}
