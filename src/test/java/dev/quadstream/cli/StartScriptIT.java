package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** bin/quadstream in environments that are not those of its developers. */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
@Tag("long")
class StartScriptIT {

  private static final String SCRIPT = Path.of("bin/quadstream").toAbsolutePath().toString();

  private static final String TO_WRITE = "-Dquadstream.class-archive.to-write=";

  @TempDir private Path directory;

  private record Outcome(int code, String printed) {}

  @Test
  void countsTheProcessorsThatItMayUse() throws Exception {
    assertThat(run(Map.of(), "taskset", "-c", "0", SCRIPT, "doctor").printed())
        .containsPattern("ok +native threads +1, one for each core");
    assertThat(
            run(Map.of("QUADSTREAM_JVM_OPTIONS", "-XX:ActiveProcessorCount=1"), SCRIPT, "doctor")
                .printed())
        .containsPattern("ok +native threads +1, one for each core");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0", "9999", "many", "1.5", "3,1", " 1"})
  void refusesThreadsThatWouldEndTheProcess(String threads) throws Exception {
    Map<String, String> environment = Map.of("OMP_NUM_THREADS", threads);

    Outcome refused = run(environment, SCRIPT, "run");
    assertThat(refused.printed()).contains("OMP_NUM_THREADS='" + threads + "'").hasLineCount(1);
    assertThat(refused.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(run(environment, SCRIPT, "doctor").printed())
        .containsPattern("problem +native threads +OMP_NUM_THREADS")
        .contains("temporary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POSIX", "C", "xx_XX.UTF-8", ""})
  void readsFileNamesAsUtf8WhateverTheLocale(String locale) throws Exception {
    assertThat(run(Map.of("LC_ALL", locale, "LANG", ""), SCRIPT, "doctor").printed())
        .containsPattern("ok +file names +UTF-8");
  }

  @Test
  void whatKubernetesSetsForAServiceOfItsNameIsNoOption() throws Exception {
    Outcome printed =
        run(
            Map.of(
                "QUADSTREAM_REST_SERVICE_HOST", "10.96.31.7",
                "QUADSTREAM_REST_PORT", "tcp://10.96.31.7:8081",
                "QUADSTREAM_REST_PORT_8081_TCP_ADDR", "10.96.31.7"),
            SCRIPT,
            "config",
            "print");

    assertThat(printed.code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void theDoctorSaysWhereNativesDoNotLoad() throws Exception {
    Outcome outcome =
        run(
            Map.of("QUADSTREAM_JVM_OPTIONS", "-Dorg.bytedeco.javacpp.platform=linux-none"),
            SCRIPT,
            "doctor");

    assertThat(outcome.printed())
        .containsPattern("problem +oneDNN +the native library does not load")
        .containsPattern("warning +memory demand +not looked at")
        .contains("temporary");
    assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void whatADemoHasLoadedIsMappedUntilTheNextBuildOrAnotherJava() throws Exception {
    Path clone = cloneThatIsBuilt();
    assertThat(printedBy(clone, "train")).doesNotContain("class-archive");
    String asked = printedBy(clone, "demo");
    assertThat(asked).contains("-XX:+RecordDynamicDumpInfo");

    Path archive = Files.createFile(Path.of(valueOf(TO_WRITE, asked)));
    for (String command : List.of("train", "demo")) {
      assertThat(printedBy(clone, command))
          .contains("-XX:SharedArchiveFile=" + archive)
          .doesNotContain(TO_WRITE);
    }

    Path release = directory.resolve("java/release");
    String java = Files.readString(release);
    Files.writeString(release, java + "IMPLEMENTOR=\"another\"\n");
    assertThat(printedBy(clone, "demo")).contains(TO_WRITE);

    Files.writeString(release, java);
    Files.setLastModifiedTime(
        clone.resolve("pom.xml"), FileTime.from(Instant.now().plus(Duration.ofHours(1))));
    assertThat(printedBy(clone, "demo")).contains("building", TO_WRITE);
    assertThat(archive).doesNotExist();
  }

  @Test
  void optionsOfTheJvmMayStandOnLinesOfTheirOwn() throws Exception {
    Path clone = cloneThatIsBuilt();
    assertThat(printedBy(clone, "train", "-Done=1  -Dtwo=2\n-Dthree=3\n").lines())
        .containsSubsequence("-Done=1", "-Dtwo=2", "-Dthree=3", "-cp");
    assertThat(printedBy(clone, "train", "").lines()).doesNotContain("").contains("-cp");
  }

  @Test
  void aCloneWhoseLibrariesAreGoneIsBuiltAnew() throws Exception {
    Path clone = cloneThatIsBuilt();
    Path library = Files.createFile(directory.resolve("library.jar"));
    Files.writeString(clone.resolve("target/classpath.txt"), clone + ":" + library);
    assertThat(printedBy(clone, "train")).contains("building");
    assertThat(printedBy(clone, "train")).doesNotContain("building");

    Files.delete(library);
    assertThat(printedBy(clone, "train")).contains("building");
  }

  @Test
  void aCloneThatCannotBeBuiltHereSaysSo() throws Exception {
    Path clone = cloneThatIsBuilt();
    Files.delete(clone.resolve("target/classpath.txt"));
    Files.delete(clone.resolve("target"));
    Files.createFile(clone.resolve("target"));

    Outcome refused = run(besides(""), clone.resolve("bin/quadstream").toString(), "train");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.printed())
        .contains("target cannot be written", "a clone of your own")
        .hasLineCount(1);
  }

  private static String valueOf(String option, String printed) {
    return printed
        .lines()
        .filter(line -> line.startsWith(option))
        .findFirst()
        .orElseThrow()
        .substring(option.length());
  }

  /** A clone of the script alone, whose Maven does nothing and whose Java prints its arguments. */
  private Path cloneThatIsBuilt() throws IOException {
    program("java/bin/java", "printf '%s\\n' \"$@\"");
    program("java/bin/jar", "touch \"$4\"");
    program("maven/mvn", "true");
    Files.writeString(directory.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path clone = directory.resolve("clone");
    Files.createDirectories(clone.resolve("src/main"));
    Files.createFile(clone.resolve("pom.xml"));
    Files.createDirectories(clone.resolve("target"));
    Files.createFile(clone.resolve("target/classpath.txt"));
    Files.createDirectories(clone.resolve("bin"));
    Files.copy(Path.of(SCRIPT), clone.resolve("bin/quadstream"), COPY_ATTRIBUTES);
    return clone;
  }

  private void program(String name, String body) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private String printedBy(Path clone, String command) throws Exception {
    return printedBy(clone, command, "");
  }

  private String printedBy(Path clone, String command, String jvmOptions) throws Exception {
    Outcome outcome = run(besides(jvmOptions), clone.resolve("bin/quadstream").toString(), command);
    assertThat(outcome.code()).as(outcome.printed()).isZero();
    return outcome.printed();
  }

  /** The environment of programs of these tests' own. */
  private Map<String, String> besides(String jvmOptions) {
    return Map.of(
        "QUADSTREAM_JVM_OPTIONS",
        jvmOptions,
        "JAVA_HOME",
        directory.resolve("java").toString(),
        "PATH",
        directory.resolve("maven") + ":" + System.getenv("PATH"));
  }

  private Outcome run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
    builder.redirectErrorStream(true);
    builder.environment().remove("OMP_NUM_THREADS");
    builder.environment().put("QUADSTREAM_LOG", directory.resolve("quadstream.log").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), printed);
  }
}
