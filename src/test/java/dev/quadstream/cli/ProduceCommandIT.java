package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ProduceCommandIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Topics TOPICS = new Topics("");

  @TempDir private Path directory;

  private final TestingTerminal terminal = new TestingTerminal();
  private KafkaBroker broker;

  @BeforeEach
  void start() {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(TOPICS, 1, 1);
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void ofSeveralImagesOnlyTheOneThatIsTooLargeIsMissing() throws Exception {
    Path folder = TestingFolders.striped(directory.resolve("stripes"), 2, 3);
    Files.write(folder.resolve("class-0/1.png"), new byte[20_000], StandardOpenOption.APPEND);
    set("max.message.bytes", 10_000);

    // So slowly that the failure is known before the next one is sent.
    assertThat(produce(folder, "--rate=4")).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.out()).contains("5 images acknowledged, 1 failed");
    assertThat(terminal.err()).contains("Not all images were sent", "class-0/1.png");
  }

  @Test
  void aDamagedEntryOfAnArchiveKeepsNoOtherBack() throws Exception {
    Path folder = TestingFolders.striped(directory.resolve("stripes"), 2, 3);
    Path zip = directory.resolve("stripes.zip");
    long damaged = 0;
    try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("class-0/0", "class-0/1", "class-0/2", "class-1/0", "class-1/1")) {
        archive.putNextEntry(new ZipEntry(name));
        archive.write(Files.readAllBytes(folder.resolve(name + ".png")));
        for (int number = 0; number < 5_000; number++) {
          archive.write(Integer.toString(number).getBytes(UTF_8));
        }
        archive.closeEntry();
        archive.flush();
        damaged = name.equals("class-0/1") ? Files.size(zip) - 1_000 : damaged;
      }
    }
    try (RandomAccessFile bytes = new RandomAccessFile(zip.toFile(), "rw")) {
      byte[] noise = new byte[500];
      new Random(1).nextBytes(noise);
      bytes.seek(damaged);
      bytes.write(noise);
    }

    assertThat(produce(zip)).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.out()).contains("4 images acknowledged, 0 failed");
    assertThat(terminal.err()).contains("1 images were not sent", "stripes/class-0/1: Cannot read");
  }

  @Test
  void whatIsSentWhenASignalComesIsStillAcknowledgedAndCounted() throws Exception {
    Path folder = TestingFolders.striped(directory.resolve("stripes"), 2, 200);
    // Nothing is acknowledged, so the client's buffer fills.
    set("min.insync.replicas", 2);
    FutureTask<Integer> exitCode =
        new FutureTask<>(
            () ->
                produce(
                    folder,
                    "--set=kafka.properties.batch.size=1000",
                    "--set=kafka.properties.buffer.memory=270000"));
    Thread command = new Thread(exitCode, "produce");
    command.start();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                exitCode.isDone()
                    || Arrays.stream(command.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().endsWith(".BufferPool")));

    String self = Long.toString(ProcessHandle.current().pid());
    assertThat(new ProcessBuilder("kill", "-TERM", self).start().waitFor()).isZero();
    set("min.insync.replicas", 1);

    assertThat(exitCode.get(PATIENCE.toMinutes(), TimeUnit.MINUTES))
        .as(terminal.err())
        .isEqualTo(ExitCode.INTERRUPTED);
    assertThat(terminal.out()).containsPattern("[1-9][0-9,]* images acknowledged, 0 failed");
  }

  private int produce(Path folder, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "produce",
                "--dataset=" + folder,
                "--set=kafka.bootstrap-servers=" + broker.bootstrapServers()));
    arguments.addAll(List.of(more));
    return terminal.run(arguments.toArray(String[]::new));
  }

  private void set(String setting, long value) throws Exception {
    ConfigEntry entry = new ConfigEntry(setting, Long.toString(value));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, TOPICS.images()),
                  List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }
}
