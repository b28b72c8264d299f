package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class QuadstreamTest {

  @TempDir Path directory;

  private final TestingTerminal terminal = new TestingTerminal();

  @Test
  void saysItsVersionAndThoseThatMatter() {
    assertThat(terminal.run("--version")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .containsPattern("quadstream \\d+\\.\\d+\\.\\d+")
        .containsPattern("Flink 2\\.2\\.\\d+, Kafka 4\\.2\\.\\d+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "run",
        "produce",
        "tail",
        "topics",
        "train",
        "evaluate",
        "config",
        "doctor"
      })
  void everyCommandHasHelp(String command) {
    assertThat(terminal.run(command, "--help")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("quadstream " + command).contains("78");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandShowsAnExampleThatItUnderstands(String command) {
    assertThat(terminal.run((command + " --help").split(" "))).isEqualTo(ExitCode.OK);
    String help = terminal.out();
    assertThat(help).containsPattern("For example:\\R  quadstream " + command);
    String example = help.substring(help.indexOf("For example:") + "For example:".length()).strip();

    String[] arguments = example.lines().findFirst().orElseThrow().strip().split(" ");

    assertThat(Quadstream.commandLine(Map.of()).parseArgs(tail(arguments)).hasSubcommand())
        .isTrue();
  }

  private static String[] tail(String[] words) {
    return Arrays.copyOfRange(words, 1, words.length);
  }

  /** Every command and every command within one. */
  static Stream<String> commands() {
    return Quadstream.commandLine(Map.of()).getSubcommands().values().stream()
        .flatMap(
            command ->
                Stream.concat(
                    Stream.of(command.getCommandName()),
                    command.getSubcommands().keySet().stream()
                        .map(within -> command.getCommandName() + " " + within)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "topics",
        "config",
        "tail",
        "tail nothing",
        "tail reports --limit 0",
        "train --dataset icons",
        "train --dataset icons --out model.qsm --passes 0",
        "train --out model.qsm",
        "produce",
        "produce --dataset missing",
        "produce --dataset icons --rate -1",
        "produce --dataset icons --shuffle 3",
        "doctor --flink localhost:8081",
        "doctor --flink http://job_manager:8081",
        "dashboard --flink localhost:8081",
        "dashboard --part train",
        "demo --part train",
        "demo --images 0",
        "demo --unlabelled 2",
        "demo --unlabelled NaN",
        "demo --duration abc",
        "demo --dataset missing",
        "demo --web-port 70000",
        "demo --directory pom.xml",
        "ablation --dataset missing",
        "ablation --docs pom.xml",
        "ablation --runs pom.xml",
        "one-pass --dataset missing",
        "one-pass --dataset icons",
        "reindex --dataset missing",
        "reindex --dataset icons",
        "topics create --dead-letter-retention long",
        "topics create --dead-letter-retention 0",
        "topics create --dead-letter-retention 59s",
        "dashboard --held-out missing --port 70000",
        "evaluate --model missing.qsm --dataset icons",
        "evaluate --model m --dataset icons --gallery a --probes b",
        "evaluate --model m --gallery a",
        "topics create --partitions 0",
        "run --web-port 70000 --set kafka.bootstrap-servers=localhost:1",
        "run --web-port 0 --set flink.address=localhost:8081",
        "run --set flink.address=localhost:8081 --jar missing.jar"
      })
  void aWrongCommandLineEndsWithTwoAndFewWords(String arguments) {
    assertThat(terminal.run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err().lines()).hasSizeBetween(1, 3);
    assertThat(terminal.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"topics", "config", "export", "dead-letters", "registry", "release", ""})
  void aGroupOfCommandsNamesThem(String group) {
    assertThat(terminal.run(group.isEmpty() ? new String[0] : new String[] {group}))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).startsWith("Give one of ").contains("--help").hasLineCount(2);
    commands()
        .filter(name -> name.startsWith(group + " "))
        .forEach(name -> assertThat(terminal.err()).contains(name.substring(group.length() + 1)));
  }

  /** Of a file's name that the shell put there. */
  @Test
  void aWrongCommandLineIsToldWithoutWhatATerminalWouldObey() {
    assertThat(terminal.run("topics", "\u001b[2J.png")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains(".png").doesNotContain("\u001b[2J");
  }

  @Test
  void aNameThatBeginsWithAtIsNoFileOfArguments() throws IOException {
    for (Path photos :
        List.of(
            Files.createDirectory(directory.resolve("folder")),
            Files.writeString(directory.resolve("file"), "--help"))) {
      TestingTerminal fresh = new TestingTerminal();
      assertThat(fresh.run("produce", "--dataset", "@" + photos)).isEqualTo(ExitCode.USAGE);
      assertThat(fresh.err()).contains("@" + photos).hasLineCount(1);
    }
  }

  @Test
  void anOptionOfTheDemoIsNamedAndRefusedBeforeADatasetIsRead() throws IOException {
    Path folder = TestingFolders.striped(directory.resolve("photos"), 4, 2);
    for (String wrong :
        List.of("--duration=abc", "--images=0", "--unlabelled=2", "--web-port=-1")) {
      TestingTerminal fresh = new TestingTerminal();
      assertThat(fresh.run("demo", "--dataset", folder.toString(), wrong))
          .isEqualTo(ExitCode.USAGE);
      assertThat(fresh.err()).contains(wrong.split("=")).doesNotContain("images of");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"run", "topics create", "produce --dataset icons", "tail reports", "doctor"})
  void aBadConfigurationEndsWithSeventyEight(String command) {
    String[] arguments = (command + " --set window.imags=3").split(" ");
    assertThat(terminal.run(arguments)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("window.images").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka.topic-prefix=a b",
        "parallelism=0",
        "network.trunk=medium",
        "flink.address=somewhere",
        "flink.address=job_manager:8081",
        "flink.address=job manager:8081",
        "flink.address=http://host:8081"
      })
  void valuesThatCannotBeUsedEndWithSeventyEight(String value) {
    assertThat(terminal.run("run", "--set", value, "--set", "registry.directory=" + directory))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains(value.substring(0, value.indexOf('=')));
  }

  @Test
  void aRegistryThatCannotBeWrittenIsABadConfiguration() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertThat(terminal.run("run", "--set", "registry.directory=" + file.resolve("models")))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("registry.directory").contains(file.toString());
  }

  @Test
  void aModelToStartFromIsReadBeforeAnythingStarts(@TempDir Path directory) {
    Path missing = directory.resolve("missing.qsm");
    String[] run = {
      "run",
      "--from-model",
      missing.toString(),
      "--set",
      "registry.directory=" + directory.resolve("models"),
      "--set",
      "checkpoint.directory=" + directory.resolve("checkpoints"),
      "--from-savepoint",
      "latest"
    };
    assertThat(terminal.run(Arrays.copyOf(run, 7))).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("network.start-from = file:", "missing.qsm is not there");

    assertThat(terminal.run(run)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--from-model", "--from-savepoint");
  }

  @Test
  void aFlinkThatDoesNotAnswerEndsWithSixtyNine() throws IOException {
    Path jar = Files.createFile(directory.resolve("job.jar"));
    assertThat(terminal.run("run", "--set", "flink.address=localhost:1", "--jar", jar.toString()))
        .isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(terminal.err()).contains("localhost:1").contains("flink.address").hasLineCount(1);
  }

  @Test
  void aClusterNeedsAJarAndSaysHowToGetIt() {
    assertThat(terminal.run("run", "--set", "flink.address=localhost:1")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("mvn package").contains("--jar");
  }

  /** So that it reaches the sentence on the heap, which is not picocli's to say. */
  @Test
  void anErrorOfACommandThatIsAMethodComesOutAsItIs() {
    CommandLine commandLine = Quadstream.commandLine(Map.of());
    commandLine.getSubcommands().get("topics").addSubcommand("greedy", new Greedy());

    assertThatThrownBy(() -> commandLine.execute("topics", "greedy", "run"))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("Java heap space");
  }

  @CommandLine.Command
  private static final class Greedy {

    @CommandLine.Command
    int run() {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Test
  void workThatFailsEndsWithOneAndShowsItsStackTraceOnRequest() throws IOException {
    Path model = Files.writeString(directory.resolve("model.qsm"), "no model");
    assertThat(terminal.run("evaluate", "--model", model.toString(), "--dataset", "icons"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains(model.toString()).hasLineCount(1);

    terminal.run("evaluate", "--verbose", "--model", model.toString(), "--dataset", "icons");
    assertThat(terminal.err()).contains("    at dev.quadstream");
  }

  @Test
  void printsEachValueWithItsOriginAndNoSecrets() throws IOException {
    Path file = directory.resolve("conf.yaml");
    Files.writeString(file, "window.images: 9\nkafka.properties.ssl.key.password: sesame\n");
    TestingTerminal configured = new TestingTerminal(Map.of("QUADSTREAM_SEED", "5"));

    assertThat(
            configured.run(
                "config", "print", "--config", file.toString(), "--set", "parallelism=2"))
        .isEqualTo(ExitCode.OK);
    assertThat(configured.out())
        .containsPattern("window\\.images += 9 +# " + file + ":1")
        .containsPattern("seed += 5 +# environment variable QUADSTREAM_SEED")
        .containsPattern("parallelism += 2 +# --set")
        .containsPattern("window\\.timeout += 5 s +# default")
        .contains("ssl.key.password")
        .doesNotContain("sesame");
  }

  @Test
  void writesAScriptThatCompletesCommands() {
    assertThat(terminal.run("generate-completion")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("complete").contains("produce");
  }
}
