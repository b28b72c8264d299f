package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/tutorial.md in their order, by a shell, as they stand there. One that ends
 * in {@code # until Ctrl-C} goes on beside the others until its section ends.
 */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class TutorialIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
  private static final Topics TOPICS = new Topics("");

  @TempDir private Path directory;

  private KafkaBroker broker;
  private final List<Process> staying = new ArrayList<>();
  private final Map<Process, Path> outputs = new HashMap<>();

  @Test
  void eachCommandDoesWhatThePageSays() throws Exception {
    TestingPhotos.in(directory.resolve("photos"), 12, 300, 160);
    Path bin = Path.of("bin").toAbsolutePath();
    Files.createSymbolicLink(directory.resolve("bin"), bin);
    try (KafkaBroker started = KafkaBroker.start(directory.resolve("kafka"), 0)) {
      broker = started;
      for (String section : Files.readString(Path.of("docs", "tutorial.md")).split("(?m)^## ")) {
        for (String block : blocks(section, "sh")) {
          runLines(block);
        }
        endThoseThatStay();
      }
      assertThat(directory.resolve("work").resolve("first").resolve("not-used.tsv")).exists();
      assertThat(directory.resolve("work").resolve("evaluation.json")).isNotEmptyFile();
      assertTheRunWentOn();
      assertRecordsFitTheirSchemas();
      assertConsumersRun();
    } finally {
      staying.forEach(Process::destroyForcibly);
    }
  }

  private void runLines(String block) throws Exception {
    StringBuilder script = new StringBuilder();
    for (String line : block.lines().toList()) {
      if (line.endsWith("# until Ctrl-C")) {
        staying.add(start("exec " + line));
      } else {
        script.append(line).append('\n');
      }
    }
    String printed = run(script.toString());
    assertThat(printed).isNotBlank();
  }

  private void endThoseThatStay() throws Exception {
    for (Process process : staying) {
      run("kill -INT " + process.pid() + "; echo asked");
      await().atMost(PATIENCE).until(() -> !process.isAlive());
      assertThat(process.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
    }
    staying.clear();
  }

  /** Windows of one run, each once. */
  private void assertTheRunWentOn() throws Exception {
    List<String> windows = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> report : read(TOPICS.reports())) {
      Matcher matcher =
          Pattern.compile("\"run\":\"([^\"]+)\".*?\"window\":(\\d+)")
              .matcher(new String(report.value(), UTF_8));
      assertThat(matcher.find()).isTrue();
      windows.add(matcher.group(1) + " " + matcher.group(2));
    }
    String run = windows.get(0).split(" ")[0];
    assertThat(windows)
        .isEqualTo(
            Stream.iterate(0, window -> window + 1)
                .limit(windows.size())
                .map(window -> run + " " + window)
                .toList());
    assertThat(windows).hasSizeGreaterThan(12);
  }

  private void assertRecordsFitTheirSchemas() throws Exception {
    for (ConsumerRecord<byte[], byte[]> message : read(TOPICS.embeddings())) {
      TestingSchemas.assertFits("embedding", message.value());
    }
    for (ConsumerRecord<byte[], byte[]> message : read(TOPICS.reports())) {
      TestingSchemas.assertFits("report", message.value());
    }
    List<ConsumerRecord<byte[], byte[]>> manifests = read(TOPICS.models());
    assertThat(manifests).isNotEmpty();
    for (ConsumerRecord<byte[], byte[]> message : manifests) {
      TestingSchemas.assertFits("manifest", message.value());
    }
    for (ConsumerRecord<byte[], byte[]> message : read(TOPICS.releases())) {
      TestingSchemas.assertFits("release", message.value());
    }
  }

  private void assertConsumersRun() throws Exception {
    String page = Files.readString(Path.of("docs", "consumers.md"));
    Files.writeString(directory.resolve("nearest.py"), blocks(page, "python").get(0));
    assertThat(run(blocks(page, "sh").get(0)).lines())
        .hasSize(5)
        .first()
        .asString()
        .startsWith("1.000 photos/");

    Files.writeString(directory.resolve("Nearest.java"), blocks(page, "java").get(0));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        "%s -cp '%s' Nearest.java %s 100"
            .formatted(java, System.getProperty("java.class.path"), broker.bootstrapServers());
    assertThat(run(command).lines().filter(line -> line.endsWith(" 64 values"))).hasSize(5);
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (TopicReader reader =
        new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE);
    }
  }

  private static List<String> blocks(String page, String language) {
    return BLOCK
        .matcher(page)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .collect(Collectors.toList());
  }

  /** Runs a script to its end, which must be a good one; returns what it printed. */
  private String run(String script) throws Exception {
    Process process = start(script);
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(script).isTrue();
    String printed = Files.readString(output(process));
    assertThat(process.exitValue())
        .as("%s%n%s%n%s", script, printed, Files.readString(errors(process)))
        .isZero();
    return printed;
  }

  private Process start(String script) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
    builder.directory(directory.toFile());
    builder.environment().put("QUADSTREAM_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    Path printed = Files.createTempFile(directory, "printed", ".txt");
    builder.redirectOutput(printed.toFile());
    builder.redirectError(Path.of(printed + ".err").toFile());
    Process process = builder.start();
    outputs.put(process, printed);
    return process;
  }

  private Path output(Process process) {
    return outputs.get(process);
  }

  private Path errors(Process process) {
    return Path.of(outputs.get(process) + ".err");
  }
}
