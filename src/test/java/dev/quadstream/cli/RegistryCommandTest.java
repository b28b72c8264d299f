package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ContributionFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCommandTest {

  @TempDir private Path directory;

  @Test
  void prunesTheOldestOfEachRunAndNothingOfAnybodyElse() throws Exception {
    TestingModels.publish(directory, "icons", "run-1", 40, 8);
    TestingModels.publish(directory, "icons", "run-2", 3, 8);
    TestingModels.publish(directory, "other", "run-1", 40, 8);
    Path best = Files.writeString(directory.resolve("best.qsm"), "mine");
    Path beside = Files.writeString(directory.resolve("icons/run-1/mine.qsm"), "mine");
    TestingTerminal terminal = new TestingTerminal();

    assertThat(prune(terminal, "--keep=10", "--dry-run")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("30 models, 240 bytes, would be deleted");
    assertThat(TestingModels.versions(directory, "icons")).hasSize(43);

    assertThat(prune(terminal, "--keep=10")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("30 models, 240 bytes, deleted");
    assertThat(TestingModels.versions(directory, "icons")).hasSize(13).contains(40L, 31L);
    assertThat(TestingModels.versions(directory, "other")).hasSize(40);
    assertThat(best).exists();
    assertThat(beside).exists();
  }

  @Test
  void whatReplicasBroughtGoesWithTheModelsBeforeWhichItWasMerged() throws Exception {
    TestingModels.publish(directory, "icons", "run-1", 40, 8);
    Path merged = contributed("run-1", 12);
    Path open = contributed("run-1", 41);
    Path ofRunWithoutModel = contributed("run-0", 3);
    Files.setLastModifiedTime(ofRunWithoutModel, FileTime.fromMillis(0));
    TestingTerminal terminal = new TestingTerminal();

    assertThat(prune(terminal, "--keep=10", "--dry-run")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains(
            "30 models, 240 bytes", "and of what replicas brought to merges 1 files, 5 bytes");
    assertThat(merged).exists();

    assertThat(prune(terminal, "--keep=10")).isEqualTo(ExitCode.OK);
    assertThat(merged).doesNotExist();
    assertThat(open).exists();
    assertThat(ofRunWithoutModel).exists();

    assertThat(prune(terminal, "--keep=10", "--runs=1")).isEqualTo(ExitCode.OK);
    assertThat(open).exists();
    assertThat(ofRunWithoutModel).doesNotExist();
  }

  @Test
  void filesThatNoManifestNamesGoOnceNobodyIsAtThem() throws Exception {
    TestingModels.publish(directory, "icons", "run-1", 40, 8);
    Path run = directory.resolve("icons/run-1");
    Files.createDirectories(run.resolve(".writing"));
    List<Path> gone =
        List.of(
            old(run.resolve(".writing/v0000000041.json.1-2-3.tmp")),
            old(run.resolve("v0000000041-0123456789ab.qsm")),
            old(run.resolve("v0000000005-0123456789ab.qsm")));
    List<Path> staying =
        List.of(
            // A version that stays was another one before.
            old(run.resolve("v0000000035-0123456789ab.qsm")),
            old(run.resolve("mine.qsm")),
            old(run.resolve("v0000000041-mine.qsm")),
            Files.writeString(run.resolve(".writing/v0000000042.json.4-5-6.tmp"), "half"),
            Files.writeString(run.resolve("v0000000042-0123456789ab.qsm"), "half"));
    TestingTerminal terminal = new TestingTerminal();

    assertThat(prune(terminal, "--keep=10", "--dry-run")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains("30 models, 240 bytes", "and of models that no manifest names 3 files, 12 bytes");
    assertThat(gone).allSatisfy(file -> assertThat(file).exists());

    assertThat(prune(terminal, "--keep=10")).isEqualTo(ExitCode.OK);
    assertThat(gone).allSatisfy(file -> assertThat(file).doesNotExist());
    assertThat(staying).allSatisfy(file -> assertThat(file).exists());
    assertThat(TestingModels.versions(directory, "icons")).hasSize(10);
  }

  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(Files.writeString(file, "half"), FileTime.fromMillis(0));
  }

  private Path contributed(String run, long window) {
    return directory.resolve(
        new ContributionFiles(new org.apache.flink.core.fs.Path(directory.toUri()))
            .write("icons", run, 0, window, output -> output.write(new byte[5]))
            .path());
  }

  @Test
  void whatMiningStillNeedsIsNotForDeletion() {
    TestingTerminal terminal = new TestingTerminal();

    int exitCode =
        prune(terminal, "--keep=3", "--set=mining.staleness=64", "--set=publish.every=32");

    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--keep is 4 or more, not 3", "mining.staleness 64");
    assertThat(terminal.run("registry")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void imagesThatAreNotDrawnAreNotRead() throws Exception {
    Path folder = TestingFolders.striped(directory.resolve("stripes"), 4, 30);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> path.toString().matches(".*[02468]\\.png")).toList()) {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      }
    }
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.EUCLIDEAN))) {
      for (long version = 1; version <= 2; version++) {
        TestingModels.publish(
            directory,
            "icons",
            "run-1",
            version,
            ModelFile.write(network, new ModelInfo(version, 0.5, 0.25, Map.of())));
      }
    }
    TestingTerminal terminal = new TestingTerminal();

    int exitCode =
        terminal.run(
            "registry",
            "compatibility",
            "--models=2",
            "--images=40",
            "--dataset=" + folder,
            "--set=network.name=icons",
            "--set=registry.directory=" + directory.toUri());

    assertThat(exitCode).as(terminal.err()).isEqualTo(ExitCode.OK);
    Matcher counts =
        Pattern.compile("(?s)(\\d+) images could not be read.* (\\d+) images: recall@1")
            .matcher(terminal.err() + terminal.out());
    assertThat(counts.find()).isTrue();
    assertThat(Integer.parseInt(counts.group(1)) + Integer.parseInt(counts.group(2))).isEqualTo(40);
  }

  private int prune(TestingTerminal terminal, String... arguments) {
    List<String> all = new ArrayList<>(List.of("registry", "prune", "--set=network.name=icons"));
    all.add("--set=registry.directory=" + directory.toUri());
    all.addAll(List.of(arguments));
    return terminal.run(all.toArray(String[]::new));
  }
}
