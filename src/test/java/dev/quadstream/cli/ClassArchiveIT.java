package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveIT {

  private static final String ARCHIVED = ClassArchive.class.getName();

  @TempDir private Path directory;

  private Path archive;
  private Path jar;

  @BeforeEach
  void jarOfTheProgram() throws IOException {
    archive = directory.resolve("classes.jsa");
    jar = directory.resolve("program.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> each : List.of(ClassArchive.class, TestingArchivedProgram.class)) {
        add(each, out);
      }
    }
  }

  @Test
  void laterProgramsHaveTheirClassesFromIt() throws Exception {
    assertThat(run("-XX:+RecordDynamicDumpInfo", toWrite())).contains("Keeping");

    assertThat(run("-XX:SharedArchiveFile=" + archive, "-Xlog:class+load"))
        .containsPattern(ARCHIVED.replace(".", "\\.") + " source: shared objects file \\(top\\)");
  }

  @Test
  void whereItCannotBeWrittenTheProgramEndsAsEver() throws Exception {
    run(toWrite());

    assertThat(archive).doesNotExist();
  }

  @Test
  void oneThatIsDamagedChangesNothing() throws Exception {
    Files.writeString(archive, "no archive");

    assertThat(run("-XX:SharedArchiveFile=" + archive)).isEmpty();
  }

  private String toWrite() {
    return "-Dquadstream.class-archive.to-write=" + archive;
  }

  private static void add(Class<?> each, JarOutputStream jar) throws IOException {
    String name = each.getName().replace('.', '/') + ".class";
    jar.putNextEntry(new JarEntry(name));
    try (InputStream bytes = each.getResourceAsStream("/" + name)) {
      bytes.transferTo(jar);
    }
  }

  /** What the program prints, which must end well. */
  private String run(String... options) throws IOException, InterruptedException {
    // Jars alone, since of folders there are no archives.
    String libraries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-Xlog:cds*=off",
            "-cp",
            jar + File.pathSeparator + libraries,
            TestingArchivedProgram.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
