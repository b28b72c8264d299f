package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.PrintableText;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TestingBatches;
import dev.quadstream.kafka.TestingReads;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseCommand.Action;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.training.WindowReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class QuadstreamCommandIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir static Path directory;

  private static KafkaBroker broker;
  private static Path folder;

  private final TestingTerminal terminal = new TestingTerminal();

  @BeforeAll
  static void startBroker() throws IOException {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    folder = TestingFolders.striped(directory.resolve("stripes"), 6, 10);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void createsTopicsOnce() {
    assertThat(run("create.", "topics", "create", "--partitions", "2")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out().lines()).hasSize(8).allMatch(line -> line.endsWith(": created"));
    assertThat(run("create.", "topics", "create")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out().lines().skip(8)).allMatch(line -> line.endsWith("there already"));
  }

  @Test
  void producesTwoClassesWithAWarning() throws IOException {
    topics("two.");
    Path two = TestingFolders.striped(directory.resolve("two"), 2, 2);
    assertThat(run("two.", "produce", "--dataset", two.toString())).isEqualTo(ExitCode.OK);
    assertThat(terminal.err()).contains("There are 2 classes to train on", "Until others come");
  }

  @Test
  void producesEveryImageOfAFolderAndSaysSo() {
    Topics topics = topics("produce.");
    assertThat(run("produce.", "produce", "--dataset", folder.toString())).isEqualTo(ExitCode.OK);
    assertThat(terminal.err()).startsWith("stripes: 60 images of 6 classes, 10 in each");
    assertThat(terminal.out())
        .contains("60 images acknowledged, 0 failed")
        .contains("produce.images");

    List<String> ids = new ArrayList<>();
    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
      for (ConsumerRecord<byte[], byte[]> message : TestingReads.take(reader, 60, PATIENCE)) {
        ids.add(new String(message.key(), UTF_8));
        assertThat(Headers.of(message, "label")).isEqualTo(ids.get(ids.size() - 1).split("/")[1]);
      }
    }
    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test
  void producesAtTheRateAskedForUntilTheLimit() {
    topics("rate.");
    long start = System.nanoTime();
    assertThat(run("rate.", "produce", "--dataset", "icons", "--rate", "10", "--limit", "11"))
        .isEqualTo(ExitCode.OK);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(terminal.out()).contains("11 images acknowledged");
  }

  @Test
  void tailsEveryOutputTopicForPeopleAndAsJson() throws Exception {
    Topics topics = topics("tail.");
    WindowReport report =
        JsonMessages.read(
            "{\"window\":7,\"modelVersion\":8,\"images\":64,\"loss\":0.25}".getBytes(UTF_8),
            WindowReport.class);
    SourceRecord bad =
        SourceRecord.of(
            new ConsumerRecord<>(
                topics.images(), 0, 42, "k\u001b[2J".getBytes(UTF_8), new byte[3]));
    Release release =
        new Release(
            new ModelManifest.Identity("icons", "run-1", 64),
            new ModelManifest.File("icons/run-1/x.qsm", "abc", 4),
            1,
            96,
            new ReleaseDecision(64, 32L, "gate", "released", false, List.of(), null));
    ReleaseCommand command =
        new ReleaseCommand("1", "icons", "run-1", Action.ROLLBACK, 32L, "abc", 1, 96);
    MatchMessage match =
        new MatchMessage(
            "cat/2",
            "known",
            "cat",
            List.of(new MatchMessage.Candidate("cat/1", "cat", 0.75f, null)),
            null,
            0.01,
            "run-1",
            3,
            1);
    send(
        new EmbeddingMessage("run-1", "cat/1", "cat", 3, 3L, 2, new float[] {0.6f, 0.8f})
            .toProducerRecord(topics.embeddings()),
        EmbeddingMessage.removal(topics.embeddings(), "cat/2", 3),
        new ProducerRecord<>(topics.reports(), JsonMessages.write(report)),
        new ProducerRecord<>(topics.models(), new byte[1], "no manifest".getBytes(UTF_8)),
        new ProducerRecord<>(
            topics.releases(), "icons".getBytes(UTF_8), JsonMessages.write(release)),
        new ProducerRecord<>(
            topics.releases(), command.key().getBytes(UTF_8), JsonMessages.write(command)),
        match.toProducerRecord(topics.matches()),
        MatchMessage.removal(topics.matches(), "cat/3"),
        new DeadLetter(bad, "missing-label", "It has no label.")
            .toProducerRecord(topics.deadLetters(), Topics.MAX_MESSAGE_BYTES));

    assertThat(tail("embeddings", "2"))
        .contains("cat/1", "label cat", "v3", "+0.600 +0.800")
        .contains("cat/2  removed");
    assertThat(tail("reports", "1")).contains("window 7", "v8", "64 images", "loss 0.250");
    assertThat(tail("models", "1")).contains("Not the JSON of model manifest");
    assertThat(tail("matches", "2"))
        .contains(
            "cat/2  known cat", "nearest cat/1", "similarity 0.750", "threshold not calibrated")
        .contains("cat/3  removed");
    assertThat(tail("releases", "2"))
        .contains("icons  run run-1  v64 is live", "released as of v96")
        .contains("command rollback v32");
    assertThat(tail("dead-letters", "1"))
        .contains("tail.images-0@42", "missing-label: It has no label.", "3 bytes")
        .doesNotContain("\u001b");

    List<String> lines = tail("embeddings", "2", "--json").lines().toList();
    assertThat(new ObjectMapper().readTree(lines.get(0)).get("id").asText()).isEqualTo("cat/1");
    assertThat(new ObjectMapper().readTree(lines.get(1)).get("removed").asBoolean()).isTrue();
    JsonNode letter = new ObjectMapper().readTree(tail("dead-letters", "1", "--json"));
    assertThat(letter.get("sourceOffset").asText()).isEqualTo("42");
  }

  @Test
  void nothingThatATerminalObeysIsPrintedOfWhatStrangersWrite() throws Exception {
    Topics topics = topics("hostile.");
    String hostile = "\u001b[2J\u009b31m\u202emoc.live\u2028x\rfake";
    byte[] json =
        JsonMessages.write(
            Map.of(
                "name", hostile, "trunk", hostile, "metric", hostile, "file", hostile, "sha256",
                hostile, "run", hostile, "input", hostile, "reason", hostile, "label", hostile,
                "id", hostile));
    byte[] broken = ("{\"version\": \"" + hostile + "\"").getBytes(UTF_8);
    SourceRecord source =
        SourceRecord.of(
            new ConsumerRecord<>(
                topics.images(), 0, 42, hostile.getBytes(UTF_8), hostile.getBytes(UTF_8)));
    for (String topic :
        List.of(
            topics.embeddings(),
            topics.models(),
            topics.releases(),
            topics.matches(),
            topics.reports())) {
      send(
          new ProducerRecord<>(topic, hostile.getBytes(UTF_8), json),
          new ProducerRecord<>(topic, hostile.getBytes(UTF_8), broken),
          new ProducerRecord<>(topic, hostile.getBytes(UTF_8), null));
    }
    send(
        new DeadLetter(source, hostile, hostile)
            .toProducerRecord(topics.deadLetters(), Topics.MAX_MESSAGE_BYTES));

    for (String output :
        List.of("embeddings", "models", "releases", "matches", "reports", "dead-letters")) {
      String limit = output.equals("dead-letters") ? "1" : "3";
      for (String how : List.of("", "--json")) {
        List<String> arguments =
            new ArrayList<>(List.of("tail", output, "--from-beginning", "--limit", limit));
        if (!how.isEmpty()) {
          arguments.add(how);
        }
        TestingTerminal of = new TestingTerminal();
        arguments.addAll(settings("hostile.", broker.bootstrapServers()));
        assertThat(of.run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.OK);
        assertThat(of.out().lines()).as(output + how).hasSize(Integer.parseInt(limit));
        assertThat(of.out().replace(System.lineSeparator(), ""))
            .as(output + how)
            .matches(text -> text.codePoints().allMatch(PrintableText::isPrintable));
        if (!how.isEmpty()) {
          for (String line : of.out().lines().toList()) {
            assertThat(new ObjectMapper().readTree(line).isObject()).isTrue();
          }
        }
      }
    }
  }

  @Test
  void deadLettersAreListedByReasonAndSentAgain() throws Exception {
    Topics topics = topics("letters.");
    ProducerRecord<byte[], byte[]> original =
        new ProducerRecord<>(topics.images(), "large".getBytes(UTF_8), new byte[100_000]);
    original.headers().add("label", "cup".getBytes(UTF_8));
    original.headers().add("captured-at", "1234".getBytes(UTF_8));
    send(original);
    SourceRecord large =
        new SourceRecord(
            topics.images(),
            0,
            0,
            1_234,
            original.key(),
            original.value(),
            List.of(original.headers().toArray()));
    SourceRecord small =
        new SourceRecord(
            topics.images(), 0, 7, 55, "small".getBytes(UTF_8), new byte[] {1, 2}, List.of());
    SourceRecord gone =
        new SourceRecord(
            topics.images(), 0, 99, 55, "gone".getBytes(UTF_8), new byte[100_000], List.of());
    SourceRecord another =
        new SourceRecord(
            topics.images(), 0, 0, 55, "large".getBytes(UTF_8), new byte[100_001], List.of());
    SourceRecord label =
        new SourceRecord(
            topics.labels(), 0, 3, 55, "cup".getBytes(UTF_8), new byte[] {-1}, List.of());
    String dead = topics.deadLetters();
    send(
        new DeadLetter(label, "malformed-label", "x").toProducerRecord(dead, 50_000),
        new DeadLetter(large, "image-corrupt", "x").toProducerRecord(dead, 50_000),
        new DeadLetter(gone, "image-corrupt", "x").toProducerRecord(dead, 50_000),
        new DeadLetter(another, "image-corrupt", "x").toProducerRecord(dead, 50_000),
        new DeadLetter(small, "missing-label", "x").toProducerRecord(dead, 50_000));

    assertThat(run("letters.", "dead-letters", "list")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains(
            "5 dead letters",
            "3  image-corrupt",
            "1  missing-label",
            "key small",
            "of 100000 bytes");
    TestingTerminal chosen = new TestingTerminal();
    assertThat(command(chosen, "dead-letters", "list", "--reason", "missing-label", "--json"))
        .isEqualTo(ExitCode.OK);
    assertThat(chosen.out()).hasLineCount(1).contains("\"key\":\"small\"");

    TestingTerminal dry = new TestingTerminal();
    assertThat(command(dry, "dead-letters", "replay", "--all", "--dry-run")).isEqualTo(ExitCode.OK);
    assertThat(dry.out())
        .contains(
            "2 dead letters would go to letters.images",
            "1 dead letters would go to letters.labels");
    TestingTerminal replay = new TestingTerminal();
    assertThat(command(replay, "dead-letters", "replay", "--reason", "image-corrupt"))
        .isEqualTo(ExitCode.OK);
    assertThat(replay.out()).contains("1 dead letters sent to letters.images");
    assertThat(replay.err()).contains("2 cannot be sent again");
    assertThat(command(new TestingTerminal(), "dead-letters", "replay")).isEqualTo(ExitCode.USAGE);
    for (String what : List.of("list", "replay")) {
      TestingTerminal misspelt = new TestingTerminal();
      assertThat(command(misspelt, "dead-letters", what, "--reason", "late, missing-lable"))
          .isEqualTo(ExitCode.FAILED);
      assertThat(misspelt.err())
          .contains("'late', 'missing-lable'", "image-corrupt, malformed-label, missing-label");
    }
    TestingTerminal several = new TestingTerminal();
    assertThat(
            command(
                several, "dead-letters", "list", "--reason", " malformed-label , missing-label"))
        .isEqualTo(ExitCode.OK);
    assertThat(several.out()).contains("2 dead letters");
    assertThat(command(replay, "dead-letters", "replay", "--reason", "missing-label"))
        .isEqualTo(ExitCode.OK);

    assertThat(command(replay, "dead-letters", "replay", "--reason", "malformed-label"))
        .isEqualTo(ExitCode.OK);
    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.labels(), TopicReader.Start.BEGINNING)) {
      ConsumerRecord<byte[], byte[]> again = TestingReads.take(reader, 1, PATIENCE).get(0);
      assertThat(again.key()).isEqualTo(label.key());
      assertThat(again.value()).isEqualTo(label.value());
    }
    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
      List<ConsumerRecord<byte[], byte[]>> records = TestingReads.take(reader, 3, PATIENCE);
      ConsumerRecord<byte[], byte[]> again = records.get(1);
      assertThat(again.key()).isEqualTo(original.key());
      assertThat(again.value()).isEqualTo(original.value());
      assertThat(again.headers().toArray()).containsExactly(original.headers().toArray());
      assertThat(Headers.of(records.get(2), "captured-at")).isEqualTo("55");
    }
  }

  @Test
  void aReplayBringsTheLabelThatCameLaterAndTakesAwayATimeThatWasLate() throws Exception {
    Topics topics = topics("anew.");
    byte[] id = "cup-1".getBytes(UTF_8);
    ProducerRecord<byte[], byte[]> question =
        new ProducerRecord<>(topics.images(), id, new byte[] {1, 2});
    question.headers().add("captured-at", "55".getBytes(UTF_8));
    send(question);
    List<Header> headers = new ArrayList<>(List.of(question.headers().toArray()));
    headers.add(new RecordHeader("label", "cup".getBytes(UTF_8)));
    headers.add(new RecordHeader("full-record", "anew.images-0-0".getBytes(UTF_8)));
    SourceRecord labelled = new SourceRecord(topics.images(), 0, 0, 55, id, new byte[0], headers);
    SourceRecord late =
        new SourceRecord(
            topics.images(),
            0,
            7,
            55,
            "cup-2".getBytes(UTF_8),
            new byte[] {3},
            List.of(question.headers().toArray()));
    send(
        new DeadLetter(labelled, "window-failed", "x")
            .toProducerRecord(topics.deadLetters(), 50_000),
        new DeadLetter(late, "late", "x").toProducerRecord(topics.deadLetters(), 50_000));
    long before = System.currentTimeMillis();

    assertThat(run("anew.", "dead-letters", "replay", "--all")).isEqualTo(ExitCode.OK);

    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
      List<ConsumerRecord<byte[], byte[]>> records = TestingReads.take(reader, 3, PATIENCE);
      assertThat(records.get(1).value()).containsExactly(1, 2);
      assertThat(Headers.of(records.get(1), "label")).isEqualTo("cup");
      assertThat(Headers.of(records.get(1), "captured-at")).isEqualTo("55");
      assertThat(records.get(2).value()).containsExactly(3);
      assertThat(records.get(2).headers()).isEmpty();
      assertThat(records.get(2).timestamp()).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void aReplayPassesOverWhatWasSentAgainOrRemovedSince() throws Exception {
    Topics topics = topics("since.");
    for (String id : List.of("removed", "sent again", "as it was")) {
      send(new ProducerRecord<>(topics.images(), id.getBytes(UTF_8), new byte[] {1}));
    }
    send(
        new ProducerRecord<>(topics.images(), "removed".getBytes(UTF_8), null),
        new ProducerRecord<>(topics.images(), "sent again".getBytes(UTF_8), new byte[] {2}),
        new ProducerRecord<>(topics.labels(), "cup".getBytes(UTF_8), new byte[] {-1}),
        new ProducerRecord<>(topics.labels(), "cup".getBytes(UTF_8), "mug".getBytes(UTF_8)));
    for (String topic : List.of(topics.images(), topics.labels())) {
      try (TopicReader reader =
          new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING)) {
        for (ConsumerRecord<byte[], byte[]> record : reader.readToEnd(PATIENCE)) {
          if (record.value() != null && record.value().length == 1 && record.value()[0] != 2) {
            send(
                new DeadLetter(SourceRecord.of(record), "some", "x")
                    .toProducerRecord(topics.deadLetters(), 50_000));
          }
        }
      }
    }

    assertThat(run("since.", "dead-letters", "replay", "--all", "--dry-run"))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains(
            "1 dead letters would go to since.images",
            "3 dead letters passed over: replaced or removed since",
            "3  some");
    assertThat(run("since.", "dead-letters", "replay", "--all")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("1 dead letters sent to since.images");
    assertThat(run("since.", "dead-letters", "replay", "--all")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains("0 dead letters sent to since.images", "4 dead letters passed over");

    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
      List<ConsumerRecord<byte[], byte[]>> records = reader.readToEnd(PATIENCE);
      assertThat(records).hasSize(6);
      assertThat(records.get(5).key()).isEqualTo("as it was".getBytes(UTF_8));
    }
  }

  @Test
  void aDeadLetterThatCannotBeReadEndsNoCommand() throws Exception {
    Topics topics = topics("damaged.");
    SourceRecord image =
        new SourceRecord(
            topics.images(), 0, 7, 55, "image".getBytes(UTF_8), new byte[] {1, 2}, List.of());
    ProducerRecord<byte[], byte[]> letter =
        new DeadLetter(image, "missing-label", "x").toProducerRecord(topics.deadLetters(), 50_000);
    send(letter);
    TestingBatches.send(broker, topics.deadLetters(), "damaged", "and beside it");
    send(letter);
    TestingBatches.damage(directory, topics.deadLetters(), "key of damaged");

    assertThat(
            run("damaged.", "tail", "dead-letters", "--from-beginning", "--limit", "2", "--json"))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).hasLineCount(2);
    assertThat(run("damaged.", "dead-letters", "list")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("2 dead letters");
    assertThat(terminal.err()).contains("2 records of the topic cannot be read");
    assertThat(run("damaged.", "dead-letters", "replay", "--all")).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("2 dead letters sent to damaged.images");
  }

  @Test
  void aDeadLetterThatIsTooLargeByNowKeepsNoOtherBack() throws Exception {
    Topics topics = topics("shrunk.");
    for (int bytes : new int[] {2, 20_000, 3}) {
      SourceRecord image =
          new SourceRecord(
              topics.images(), 0, 7, 55, "image".getBytes(UTF_8), new byte[bytes], List.of());
      send(
          new DeadLetter(image, "missing-label", "x")
              .toProducerRecord(topics.deadLetters(), 50_000));
    }
    alter(topics.images(), "max.message.bytes", "10000");

    assertThat(run("shrunk.", "dead-letters", "replay", "--all")).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.out()).contains("3 dead letters sent to shrunk.images, 1 failed");
    assertThat(terminal.err()).contains("Not all of these were sent", "'shrunk.images-0-7'");
    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
      assertThat(TestingReads.take(reader, 2, PATIENCE))
          .extracting(message -> message.value().length)
          .containsExactly(2, 3);
    }
  }

  @Test
  void aReplayThatEndsEarlySaysWhatItSent() throws Exception {
    Topics topics = topics("early.");
    SourceRecord label =
        new SourceRecord(
            topics.labels(), 0, 7, 55, "cup".getBytes(UTF_8), new byte[] {1}, List.of());
    SourceRecord image =
        new SourceRecord(topics.images(), 0, 7, 55, null, new byte[] {1}, List.of());
    for (SourceRecord record : List.of(label, image)) {
      send(new DeadLetter(record, "some", "x").toProducerRecord(topics.deadLetters(), 50_000));
    }
    // By then it takes no record without a key.
    alter(topics.images(), "cleanup.policy", "compact");

    assertThat(run("early.", "dead-letters", "replay", "--all")).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.out())
        .contains("1 dead letters sent to early.images, 1 failed")
        .containsPattern("1 dead letters sent to early.labels\\R");
  }

  private static void alter(String topic, String setting, String value) throws Exception {
    AlterConfigOp operation =
        new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(operation)))
          .all()
          .get();
    }
  }

  private int command(TestingTerminal on, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(settings("letters.", broker.bootstrapServers()));
    return on.run(all.toArray(String[]::new));
  }

  @Test
  void anUnreachableBrokerIsNamedWithinSeconds() {
    // All at once, since each waits.
    CompletableFuture.allOf(
            Stream.of("run", "topics create", "produce --dataset icons")
                .map(command -> CompletableFuture.runAsync(() -> assertNamesTheBroker(command)))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  private static void assertNamesTheBroker(String command) {
    TestingTerminal impatient = new TestingTerminal();
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(settings("x.", "localhost:1"));
    assertThat(impatient.run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(impatient.err()).contains("localhost:1").hasLineCount(1);
  }

  @Test
  void missingTopicsAreNamed() {
    assertThat(run("missing.", "run")).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(terminal.err()).contains("'missing.images'");
    assertThat(run("missing.", "produce", "--dataset", "icons")).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(run("missing.", "tail", "reports")).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(terminal.err()).contains("'missing.reports'");
  }

  @Test
  void runsUntilItIsInterruptedAndGoesOnFromItsSavepoint() throws Exception {
    topics("run.");
    run("run.", "produce", "--dataset", folder.toString());
    TestingTerminal first = new TestingTerminal();
    assertThat(runJobUntilReports(first, 2)).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(first.out()).contains("Flink's web page: http://localhost:");
    String savepoint =
        first
            .out()
            .lines()
            .filter(line -> line.contains("--from-savepoint"))
            .findFirst()
            .orElse("");
    assertThat(savepoint).contains("50% off/checkpoints/savepoints/savepoint-");

    run("run.", "produce", "--dataset", folder.toString());
    String path = savepoint.substring(savepoint.indexOf('\'') + 1, savepoint.lastIndexOf('\''));
    TestingTerminal forgetful = new TestingTerminal();
    assertThat(runJobUntilReports(forgetful, 4)).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(forgetful.err()).contains(path, "--from-savepoint latest", "--new-run");
    TestingTerminal second = new TestingTerminal();
    assertThat(runJobUntilReports(second, 4, "--from-savepoint", "latest"))
        .isEqualTo(ExitCode.INTERRUPTED);
    assertThat(second.out()).contains("Going on from " + path);
    // It went on counting windows, so it is the same run.
    assertThat(windows("run.")).containsSubsequence(0L, 1L, 2L, 3L).doesNotHaveDuplicates();

    run("run.", "doctor", "--kafka", "--flink", "http://localhost:1");
    assertThat(terminal.out())
        .containsPattern("ok +topics ")
        .containsPattern("problem +run +Flink at http://localhost:1 does not answer")
        .containsPattern("ok +ledger +\\d+ records read = \\d+ images \\+ 0 removals");
  }

  @Test
  void aRollbackMovesWhatIsLiveInARunningJob() throws Exception {
    topics("rollback.");
    for (int times = 0; times < 8; times++) {
      run("rollback.", "produce", "--dataset", folder.toString());
    }
    List<String> own =
        List.of(
            "--set", "registry.directory=" + directory.resolve("rollback/models"),
            "--set", "checkpoint.directory=" + directory.resolve("rollback/checkpoints"),
            "--set", "release.policy=every",
            "--set", "publish.every=1",
            "--set", "window.images=30");
    TestingTerminal jobTerminal = new TestingTerminal();
    Thread job =
        new Thread(() -> jobTerminal.run(command(own, "rollback.", "run", "--web-port", "0")));
    job.start();
    try {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                Release pointer = pointer("rollback.");
                return pointer != null && pointer.identity().version() >= 3;
              });
      assertThat(terminal.run(command(own, "rollback.", "release", "rollback", "2")))
          .isEqualTo(ExitCode.OK);
      assertThat(terminal.out())
          .contains("rollback v2 of run ", "answer from the index of release 2");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(pointer("rollback.").identity().version()).isEqualTo(2);
                assertThat(pointer("rollback.").decision().held()).isTrue();
              });
      run("rollback.", "produce", "--dataset", folder.toString());
      await().atMost(PATIENCE).until(() -> windows("rollback.").size() >= 18);

      assertThat(pointer("rollback.").identity().version()).isEqualTo(2);
      assertThat(terminal.run(command(own, "rollback.", "release", "pin", "999")))
          .isEqualTo(ExitCode.USAGE);
      assertThat(terminal.err()).contains("Version 999 of run ");
      assertThat(terminal.run(command(own, "rollback.", "release", "rollback")))
          .isEqualTo(ExitCode.USAGE);
      assertThat(terminal.err()).contains("No version is known that was live before");
    } finally {
      job.interrupt();
      job.join(PATIENCE.toMillis());
    }
  }

  private static String[] command(List<String> options, String prefix, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(settings(prefix, broker.bootstrapServers()));
    all.addAll(options);
    return all.toArray(String[]::new);
  }

  /** The last record under the network's name, or null. */
  private static Release pointer(String prefix) {
    try (TopicReader reader =
        new TopicReader(
            broker.connection(), new Topics(prefix).releases(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream()
          .filter(message -> new String(message.key(), UTF_8).equals("quadstream"))
          .reduce((earlier, later) -> later)
          .map(message -> JsonMessages.read(message.value(), Release.class))
          .orElse(null);
    }
  }

  @Test
  void trainsTheSameModelFromTheSameImagesAndEvaluatesIt() throws IOException {
    Path model = directory.resolve("stripes.qsm");
    Path again = directory.resolve("again.qsm");
    Path report = directory.resolve("train.json");
    String[] train = {
      "train",
      "--dataset",
      folder.toString(),
      "--passes",
      "3",
      "--set",
      "window.images=20",
      "--set",
      "training.warm-up-windows=2",
      "--set",
      "network.metric=early",
      "--report",
      report.toString(),
      "--out"
    };
    assertThat(terminal.run(append(train, model.toString()))).isEqualTo(ExitCode.OK);
    assertThat(terminal.run(append(train, again.toString()))).isEqualTo(ExitCode.OK);
    assertThat(again).hasSameBinaryContentAs(model);
    JsonNode trained = new ObjectMapper().readTree(report.toFile());
    assertThat(trained.get("images").asInt()).isEqualTo(180);
    assertThat(trained.get("modelVersion").asInt()).isEqualTo(9);
    assertThat(trained.get("parameters").asInt()).isGreaterThan(100_000);
    assertThat(trained.get("loss").isNumber()).isTrue();

    String[] further = append(train, again.toString(), "--from-model", model.toString());
    assertThat(terminal.run(further)).isEqualTo(ExitCode.OK);
    assertThat(Files.readAllBytes(again)).isNotEqualTo(Files.readAllBytes(model));
    assertThat(terminal.run(append(further, "--set", "network.embedding-size=32")))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(terminal.err()).contains("embedding size 64", "embedding size 32");

    Path damaged =
        Files.writeString(folder.resolve("class-0").resolve("bad.png"), "GIF89a, and no more");
    Path figures = directory.resolve("evaluate.json");
    assertThat(
            terminal.run(
                "evaluate",
                "--model",
                model.toString(),
                "--dataset",
                folder.toString(),
                "--report",
                figures.toString()))
        .isEqualTo(ExitCode.OK);
    Files.delete(damaged);
    assertThat(terminal.out())
        .contains("recallAt1", "re-ranked by g", "re-ranked early", "1 images skipped");
    assertThat(terminal.err()).contains("class-0/bad.png");
    JsonNode evaluated = new ObjectMapper().readTree(figures.toFile());
    assertThat(evaluated.get("probes").asInt()).isEqualTo(60);
    assertThat(evaluated.get("skipped").asInt()).isEqualTo(1);
    for (String of : List.of("", "/rawPixels", "/reRanked", "/reRankedEarly")) {
      for (String measure : List.of("recallAt1", "recallAt10", "mAP", "mAPAtR", "intra", "inter")) {
        JsonNode interval = evaluated.at(of + "/" + measure);
        assertThat(interval.get("value").asDouble())
            .as(of + "/" + measure)
            .isBetween(interval.get("low").asDouble(), interval.get("high").asDouble());
      }
    }
    assertThat(evaluated.at("/learnedMetric/inter/value").asDouble())
        .as("mean g of different classes after training")
        .isGreaterThan(evaluated.at("/learnedMetric/intra/value").asDouble());
  }

  @Test
  void evaluatesHeldOutClassesAndGalleriesAndRefusesWhatHasNoAnswer() throws IOException {
    Path model = directory.resolve("few.qsm");
    assertThat(
            terminal.run(
                "train",
                "--dataset",
                folder.toString(),
                "--split-seed",
                "4",
                "--out",
                model.toString()))
        .isEqualTo(ExitCode.OK);

    assertThat(evaluate(model, "--dataset", folder.toString(), "--split-seed", "4"))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains("validation quarter of the classes by seed 4", "20 probes of 2");
    assertThat(evaluate(model, "--dataset", folder.toString(), "--split-seed", "4", "--on", "both"))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("held-out half, validation and test,", "30 probes of 3");
    Path histograms = directory.resolve("histograms.json");
    assertThat(
            evaluate(
                model,
                "--dataset",
                folder.toString(),
                "--split-seed",
                "4",
                "--histogram",
                "--report",
                histograms.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .contains("20 pairs of either kind, validation classes")
        .contains("30 pairs of either kind, train classes")
        .containsPattern("\\n  0\\.95 +[0-9.]+ +#* +[0-9.]+");
    JsonNode spread = new ObjectMapper().readTree(histograms.toFile()).get("histograms");
    assertThat(spread.at("/train/intra")).hasSize(20);
    assertThat(spread.at("/validation/inter")).hasSize(20);
    assertThat(evaluate(model, "--dataset", folder.toString(), "--split-seed", "4", "--on", "test"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("Of 6 classes the test quarter by seed 4 has 1", "--on both");
    assertThat(evaluate(model, "--dataset", folder.toString(), "--on", "test"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("give the seed, too");

    assertThat(evaluate(model, "--gallery", folder.toString(), "--probes", folder.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).contains("60 probes of stripes looked up in the gallery stripes");
    assertThat(terminal.err()).contains("60 of the 60 probes are in the gallery too");
    assertThat(
            evaluate(
                model,
                "--gallery",
                folder.toString(),
                "--probes",
                folder.toString(),
                "--leave-out-shared"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("nothing to look up");

    assertThat(
            evaluate(
                model,
                "--dataset",
                folder.toString(),
                "--k-reciprocal",
                "--histogram",
                "--single-shot",
                "3",
                "--open-set",
                "2",
                "--format",
                "csv"))
        .isEqualTo(ExitCode.OK);
    assertThat(terminal.out())
        .containsPattern("\\nmeasure,ranking,value,low,high\\RrecallAt1,rawPixels,[0-9.]+,")
        .containsPattern("\\nmINP,kReciprocal,[0-9.]+,[0-9.]+,[0-9.]+\\R")
        .containsPattern("\\nintraShareFrom0.05,all,[0-9.]+,,\\R")
        .containsPattern("\\nCMCAt5,embeddings,[0-9.]+,,\\R")
        .containsPattern("\\nDIRAtFAR0.01,embeddings,[0-9.]+,,\\R")
        .containsPattern("\\nexpectedCalibrationError,learnedMetric,[0-9.E-]+,,\\R");

    Path unreadable = directory.resolve("unreadable");
    for (String label : List.of("a", "b")) {
      Files.createDirectories(unreadable.resolve(label));
      Files.writeString(unreadable.resolve(label).resolve("1.gif"), "GIF89a, and no more " + label);
    }
    assertThat(evaluate(model, "--gallery", folder.toString(), "--probes", unreadable.toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("No image of unreadable could be read", "a/1.gif");

    Path tiny = TestingFolders.striped(directory.resolve("tiny"), 2, 2);
    assertThat(evaluate(model, "--dataset", tiny.toString())).isEqualTo(ExitCode.OK);
    assertThat(terminal.out()).as("of galleries of 3").containsPattern("recallAt5 +- +-");

    Path none = directory.resolve("none.qsm");
    assertThat(terminal.run("train", "--dataset", tiny.toString(), "--out", none.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("There are 2 classes to train on", "training.loss=TRIPLET");
    assertThat(none).doesNotExist();

    Path oneClass = TestingFolders.striped(directory.resolve("one"), 1, 2);
    assertThat(evaluate(model, "--dataset", oneClass.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("only the class 'class-0'");
  }

  @Test
  void anInterruptedTrainingLeavesTheModelThatWasThere() throws Exception {
    Path model = Files.writeString(directory.resolve("good.qsm"), "a good model");
    interruptTraining(model);

    assertThat(terminal.err()).contains("is left as it was");
    assertThat(model).hasContent("a good model");
  }

  @Test
  void anInterruptedTrainingWritesNoModelOfTheWarmUp() throws Exception {
    Path model = directory.resolve("none.qsm");
    interruptTraining(model);

    assertThat(terminal.err()).contains("no model is written", "warm-up alone takes 30");
    assertThat(model).doesNotExist();
  }

  private void interruptTraining(Path model) throws Exception {
    AtomicInteger code = new AtomicInteger(-1);
    Thread training =
        new Thread(
            () -> code.set(terminal.run("train", "--dataset", "icons", "--out", model.toString())));
    training.start();
    await().atMost(PATIENCE).until(() -> isInside(training, "TrainingLoop"));
    String self = Long.toString(ProcessHandle.current().pid());
    // As Ctrl-C does; a shell's background jobs ignore SIGINT, and Java then leaves it at that.
    assertThat(new ProcessBuilder("kill", "-TERM", self).start().waitFor()).isZero();
    training.join(PATIENCE.toMillis());

    assertThat(code).hasValue(ExitCode.INTERRUPTED);
  }

  private static boolean isInside(Thread thread, String type) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().endsWith("." + type));
  }

  private int evaluate(Path model, String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "evaluate";
    all[1] = "--model";
    all[2] = model.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return terminal.run(all);
  }

  private int runJobUntilReports(TestingTerminal jobTerminal, int reports, String... arguments)
      throws InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "run",
                "--web-port",
                "0",
                "--set",
                "window.images=30",
                "--set",
                "window.timeout=0 s"));
    command.addAll(List.of(arguments));
    command.addAll(settings("run.", broker.bootstrapServers()));
    AtomicInteger code = new AtomicInteger(-1);
    Thread job = new Thread(() -> code.set(jobTerminal.run(command.toArray(String[]::new))));
    job.start();
    try {
      await().atMost(PATIENCE).until(() -> !job.isAlive() || windows("run.").size() >= reports);
    } finally {
      job.interrupt();
      job.join(PATIENCE.toMillis());
    }
    return code.get();
  }

  private static List<Long> windows(String prefix) {
    try (TopicReader reader =
        new TopicReader(
            broker.connection(), new Topics(prefix).reports(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream()
          .map(
              message -> JsonMessages.read(message.value(), WindowReport.class).identity().window())
          .toList();
    }
  }

  private String tail(String topic, String limit, String... more) {
    TestingTerminal tail = new TestingTerminal();
    List<String> command =
        new ArrayList<>(List.of("tail", topic, "--from-beginning", "--limit", limit));
    command.addAll(List.of(more));
    command.addAll(settings("tail.", broker.bootstrapServers()));
    assertThat(tail.run(command.toArray(String[]::new))).isEqualTo(ExitCode.OK);
    return tail.out();
  }

  private int run(String prefix, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(settings(prefix, broker.bootstrapServers()));
    return terminal.run(arguments.toArray(String[]::new));
  }

  private static List<String> settings(String prefix, String bootstrapServers) {
    return List.of(
        "--set", "kafka.bootstrap-servers=" + bootstrapServers,
        "--set", "kafka.topic-prefix=" + prefix,
        "--set", "registry.directory=" + directory.resolve("my work/50% off/models"),
        "--set", "checkpoint.directory=" + directory.resolve("my work/50% off/checkpoints"));
  }

  private static Topics topics(String prefix) {
    Topics topics = new Topics(prefix);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
    return topics;
  }

  @SafeVarargs
  private static void send(ProducerRecord<byte[], byte[]>... records) throws Exception {
    TestingBatches.send(broker, List.of(records));
  }

  private static String[] append(String[] arguments, String... last) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(last));
    return all.toArray(String[]::new);
  }
}
