package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.ReleaseDecision;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseCommandsTest {

  @TempDir private Path directory;

  private final TestingTerminal terminal = new TestingTerminal();

  @Test
  void listsWhatBecameOfEachVersionOfTheNewestRun() {
    TestingModels.publish(directory, "icons", "run-1", 2, 8);
    publish(32, null);
    publish(64, null);
    publish(96, null);
    publish(
        128,
        new ReleaseDecision(
            64,
            32L,
            "gate",
            "waiting",
            false,
            List.of(96L),
            new ReleaseDecision.Evidence(
                128,
                64,
                new ReleaseDecision.Counts(300, 12, 7),
                new ReleaseDecision.Counts(90, 3, 4),
                1.5)));

    assertThat(release("list")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("v32").endsWith("live before"),
            line -> assertThat(line).startsWith("v64").endsWith("live"),
            line -> assertThat(line).startsWith("v96").endsWith("quarantined"),
            line ->
                assertThat(line)
                    .startsWith("v128")
                    .contains(
                        "on trial: v128 against v64: 300 images tested, 12 found by it alone"),
            line ->
                assertThat(line)
                    .isEqualTo("icons, run run-2: v64 is live as of v128 (waiting, policy gate)"));
  }

  @Test
  void showsAVersionWhoseFileIsTheOneThatWasPublished() {
    publish(32, new ReleaseDecision(32, null, "gate", "first", false, List.of(), null));

    assertThat(release("show", "32")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains("v32 of run run-2  live", ": as published", "as of it v32 was live (first)");
  }

  /** A model may have 1 GiB, and a command's heap less. */
  @Test
  void aLookAtAVersionTakesNoMemoryOfItsSize() {
    byte[] model = new byte[64 << 20];
    publish(32, null, model);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

    assertThat(release("show", "32")).isEqualTo(ExitCode.OK);

    assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
        .isLessThan(model.length);
  }

  @Test
  void saysWhatIsWrongWithAVersion() throws Exception {
    assertThat(release("list")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("There is no model of network icons");

    ModelManifest model = publish(32, null);
    assertThat(release("show", "64")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("Version 64 of run run-2 is not in");

    Files.write(directory.resolve(model.file().path()), new byte[model.file().path().length()]);
    assertThat(release("show", "32")).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("it is not the file that was published");
    assertThat(terminal.run("release")).isEqualTo(ExitCode.USAGE);
  }

  /** Before Kafka is asked, which is not there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pin 8 | Version 8 of run run-2 is not in
          pin 999 | never published, or is deleted
          pin -32 | Version -32 of run run-2 is not in
          pin first | 'first'
          pin 99999999999999999999 | 99999999999999999999
          pin | VERSION
          rollback 8 | Version 8 of run run-2 is not in
          quarantine 8 | Version 8 of run run-2 is not in
          """)
  void noCommandIsGivenForAVersionThatIsGoneOrOfAnotherRun(String command, String words) {
    TestingModels.publish(directory, "icons", "run-1", 2, 8);
    publish(32, null);

    assertThat(release(command.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains(words);
  }

  /** Another job has come to version 64 of the run, and to none after it yet. */
  @Test
  void whatGoingBackGaveUpIsNamedAndNotReleasedAgain() {
    publish(96, null);
    publish(64, null, 2_000, "set back", new byte[] {1});

    assertThat(release("list")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out().lines().filter(line -> line.startsWith("v96")))
        .singleElement()
        .asString()
        .endsWith("given up");
    assertThat(release("pin", "96")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("Version 96 was given up as the run was set back");
    assertThat(release("show", "96")).isEqualTo(ExitCode.OK);
  }

  private ModelManifest publish(long version, ReleaseDecision decision) {
    return publish(version, decision, new byte[] {1, 2, 3, (byte) version});
  }

  private ModelManifest publish(long version, ReleaseDecision decision, byte[] model) {
    return publish(version, decision, 1_000 + version, null, model);
  }

  private ModelManifest publish(
      long version, ReleaseDecision decision, long createdAt, String job, byte[] model) {
    return new ModelRegistry(new org.apache.flink.core.fs.Path(directory.toUri()))
        .publish(
            ModelManifest.draft(
                    new ModelManifest.Identity("icons", "run-2", version),
                    version,
                    createdAt,
                    new ModelManifest.Network("config", "small", "learned", 64, "1x32x32", null),
                    new ModelManifest.Margins(0.25, 0.25),
                    Map.of())
                .with(decision)
                .of(job),
            model);
  }

  private int release(String... arguments) {
    List<String> all = new ArrayList<>(List.of("release"));
    all.addAll(List.of(arguments));
    all.add("--set=network.name=icons");
    all.add("--set=registry.directory=" + directory.toUri());
    return terminal.run(all.toArray(String[]::new));
  }
}
