package dev.quadstream.serve.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.cli.Quadstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A command of the program in a process of its own, which can be killed. */
public final class TestingProgram implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Process process;
  private final Path output;

  private TestingProgram(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it; what it says goes to the file. */
  public static TestingProgram start(Path output, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dorg.bytedeco.javacpp.maxbytes=1500m",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=4g",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + temporary(output),
                "-cp",
                System.getProperty("java.class.path"),
                Quadstream.class.getName()));
    command.addAll(arguments);
    try {
      Files.createDirectories(temporary(output));
      return new TestingProgram(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start(),
          output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporary(Path output) {
    return output.resolveSibling(output.getFileName() + ".tmp");
  }

  /** Where it puts temporary files. */
  public Path temporary() {
    return temporary(output);
  }

  /** Waits for a line with the words, and returns what follows them. */
  public String awaitAfter(String words) {
    return Awaitility.await("'" + words + "' in " + output)
        .atMost(PATIENCE)
        .until(() -> after(words), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<String> after(String words) throws IOException {
    String said = new String(Files.readAllBytes(output), UTF_8);
    if (!process.isAlive()) {
      throw new IllegalStateException("The program has ended: " + said);
    }
    // Without a last line that is not at its end yet.
    return said.substring(0, said.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.contains(words))
        .map(line -> line.substring(line.indexOf(words) + words.length()).trim())
        .findFirst();
  }

  /** The one process that it started. */
  ProcessHandle child() {
    List<ProcessHandle> children = process.children().toList();
    if (children.size() != 1) {
      throw new IllegalStateException("There is not one child process but " + children);
    }
    return children.get(0);
  }

  /** Bytes of Java objects after a full garbage collection. */
  long heapBytes() throws IOException {
    Process histogram =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(histogram.getInputStream().readAllBytes(), UTF_8);
    String total =
        said.lines()
            .filter(line -> line.startsWith("Total"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(said));
    return Long.parseLong(total.trim().split("\\s+", -1)[2]);
  }

  /** Asks it to end, as Ctrl-C does; returns its exit code. */
  public int interrupt() throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    Awaitility.await().atMost(PATIENCE).until(() -> !process.isAlive());
    return process.exitValue();
  }

  /** What it has said so far. */
  public String said() throws IOException {
    return Files.readString(output);
  }

  /** Ends it as a crash would, with SIGKILL. */
  void kill() {
    process.destroyForcibly();
    Awaitility.await().atMost(PATIENCE).until(() -> !process.isAlive());
  }

  @Override
  public void close() {
    kill();
  }
}
