package dev.quadstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the figures depend on.
 *
 * @param processor its name
 * @param vectorInstructions the widest that it has
 * @param cores that this process may use
 * @param threads of native code
 * @param java the version
 */
record MachineFacts(
    String processor, String vectorInstructions, int cores, int threads, String java) {

  /** Widest first, as Linux spells them. */
  private static final List<String> VECTORS =
      List.of("avx512_bf16", "avx512_vnni", "avx512f", "avx2", "avx");

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  static MachineFacts read() throws IOException {
    List<String> lines = Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    List<String> flags =
        Arrays.asList(value(lines, "flags").map(flag -> flag.split(" ")).orElse(new String[0]));
    int cores = Runtime.getRuntime().availableProcessors();
    String threads = System.getenv("OMP_NUM_THREADS");
    return new MachineFacts(
        value(lines, "model name").orElse(System.getProperty("os.arch")),
        VECTORS.stream().filter(flags::contains).findFirst().orElse("unknown"),
        cores,
        threads == null ? cores : Integer.parseInt(threads),
        System.getProperty("java.version"));
  }

  private static Optional<String> value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst();
  }

  String text() {
    return "%s (%s), %d cores, %d native threads, Java %s"
        .formatted(processor, vectorInstructions, cores, threads, java);
  }
}
