package dev.quadstream.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tarball of this build, unpacked. */
final class TestingDistribution {

  /**
   * What flink-dist holds, as separate jars: it is not published on its own. The connectors are not
   * among them, since the job's jar brings those.
   */
  private static final Pattern OF_FLINK =
      Pattern.compile(
          "(flink-(?!connector-(kafka|base)).*|kryo|minlog|reflectasm|objenesis|javassist|async-profiler"
              + "|snakeyaml-engine|commons-(cli|collections|compress|io|lang3|math3|text)|jsr305"
              + "|slf4j-api|log4j-.*)-\\d.*\\.jar");

  private final Path home;

  private TestingDistribution(Path home) {
    this.home = home;
  }

  /** Unpacks it into a directory. */
  static TestingDistribution into(Path directory) throws IOException, InterruptedException {
    Path tarball;
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      tarball =
          files
              .filter(file -> file.toString().endsWith("-bin.tar.gz"))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("No tarball; run mvn package first."));
    }
    Files.createDirectories(directory);
    run(
        List.of(
            "tar", "-xzf", tarball.toString(), "-C", directory.toString(), "--strip-components=1"));
    return new TestingDistribution(directory);
  }

  /** The class path of Flink's processes in the image: Flink's own jars and the lib bundle. */
  String flinkClassPath() {
    String flink =
        Arrays.stream(
                System.getProperty("java.class.path")
                    .split(Pattern.quote(java.io.File.pathSeparator), -1))
            .filter(entry -> OF_FLINK.matcher(Path.of(entry).getFileName().toString()).matches())
            .filter(entry -> !entry.endsWith("-tests.jar"))
            .collect(Collectors.joining(java.io.File.pathSeparator));
    return home.resolve("lib") + "/*" + java.io.File.pathSeparator + flink;
  }

  /** The same without the jars of the bundle whose names start so. */
  String flinkClassPathWithout(String prefix) throws IOException {
    String bundle =
        jars("lib").stream()
            .filter(jar -> !jar.startsWith(prefix))
            .map(jar -> home.resolve("lib").resolve(jar).toString())
            .collect(Collectors.joining(java.io.File.pathSeparator));
    return flinkClassPath().replace(home.resolve("lib") + "/*", bundle);
  }

  /** The names of the jars in one of its directories. */
  List<String> jars(String directory) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** The jar that a cluster is given. */
  Path jobJar() throws IOException {
    return home.resolve("job").resolve(jars("job").get(0));
  }

  /** Runs a command of bin/quadstream there and returns what it printed. */
  String quadstream(String... arguments) throws IOException, InterruptedException {
    return run(command(arguments));
  }

  /** Runs a command of bin/quadstream there that may fail. */
  Outcome attempt(String... arguments) throws IOException, InterruptedException {
    return outcome(command(arguments));
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/quadstream").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  static String run(List<String> command) throws IOException, InterruptedException {
    Outcome outcome = outcome(command);
    if (outcome.exitCode() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed:\n" + outcome.printed());
    }
    return outcome.printed();
  }

  private static Outcome outcome(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // A command lives for seconds, of which the optimising compiler would take most.
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), printed);
  }

  /** How a command ended, and what it printed. */
  record Outcome(int exitCode, String printed) {}
}
