package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowReport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A job that is fed without a pause, one record in twenty of which nobody could use, while its
 * TaskManagers are killed and held still and its broker is restarted in turn, and where this test
 * has a disk and a network of its own, the disk is filled and the network slowed, too. Every record
 * has one end. Once each unless {@code -Psoak} or {@code -Dsoak.minutes=N} says for how long.
 */
@Tag("long")
@ExtendWith(TestingProcesses.Shared.class)
class SoakIT {

  private static final long SEED = 21;
  private static final int MINUTES = Integer.getInteger("soak.minutes", 0);
  private static final int PARTITIONS = 2;
  private static final int IMAGES_A_TURN = 38;
  private static final int BAD_A_TURN = 2;
  private static final Duration TURN = Duration.ofMillis(400);
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  /** Between two faults, so that a process lives long enough to be measured. */
  private static final Duration QUIET = Duration.ofSeconds(MINUTES == 0 ? 3 : 45);

  /** A small file system of the test's own for checkpoints and models, or null. */
  private static final String DISK = System.getProperty("soak.disk");

  private static final int FAULTS_BETWEEN_LINES = 10;
  private static final int QUARTERS = 4;
  private static final Duration STOPPED = Duration.ofSeconds(8);

  private enum Fault {
    TASK_MANAGER_KILLED,
    TASK_MANAGER_HELD_STILL,
    BROKER_RESTARTED,
    DISK_FULL,
    NETWORK_SLOW;

    /** Those that can happen here without touching what is not this test's. */
    static List<Fault> possible() throws IOException {
      List<Fault> possible = new ArrayList<>(Arrays.asList(values()));
      if (DISK == null) {
        possible.remove(DISK_FULL);
      }
      if (NetworkInterface.networkInterfaces().anyMatch(Fault::reachesOthers)) {
        possible.remove(NETWORK_SLOW);
      }
      return possible;
    }

    private static boolean reachesOthers(NetworkInterface network) {
      try {
        return !network.isLoopback();
      } catch (SocketException e) {
        return true;
      }
    }
  }

  /**
   * What became of the records, and of the processes.
   *
   * @param sent records, those that no one could use and removals included
   * @param trained images in reports
   * @param deadLetters on their topic
   * @param removals in reports
   * @param repeatedWindows reports beyond the first of their window
   * @param unaccounted by the ledgers of all reports
   * @param faults of all kinds
   * @param jobManagerMiB resident, in each quarter of the time
   * @param taskManagerMiB the same of the TaskManager that is never killed
   */
  private record Outcome(
      int minutes,
      int sent,
      long trained,
      long deadLetters,
      long removals,
      long repeatedWindows,
      long unaccounted,
      int faults,
      List<Long> jobManagerMiB,
      List<Long> taskManagerMiB) {}

  private final Random random = new Random(SEED);
  private final List<Long> jobManager = new ArrayList<>();
  private final List<Long> taskManager = new ArrayList<>();
  private int bad;
  private int removals;

  @Test
  void everyRecordHasOneEndWhateverHappensMeanwhile(TestingProcesses processes) throws Exception {
    Map<String, String> options =
        new HashMap<>(Map.of("parallelism", "2", "image.max-bytes", "64 kb"));
    if (DISK != null) {
      options.put("registry.directory", DISK + "/models");
      options.put("checkpoint.directory", DISK + "/checkpoints");
    }
    try (TestingRun run = new TestingRun(processes, "soak", SEED, PARTITIONS, options);
        KafkaProducer<byte[], byte[]> others =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", processes.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      processes.cluster().startTaskManager();
      run.start();
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
      int faults = 0;
      List<Fault> round = new ArrayList<>();
      do {
        if (round.isEmpty()) {
          round.addAll(Fault.possible());
          Collections.shuffle(round, random);
        }
        feed(run, others, QUIET);
        measure(processes);
        happen(round.remove(0), processes, run, others);
        faults++;
      } while (System.nanoTime() < end || !round.isEmpty());
      feed(run, others, QUIET);
      others.flush();
      awaitAllRead(run, processes.bootstrapServers());
      run.drain();

      Outcome outcome = outcome(run, processes, faults);
      System.out.println(new String(JsonMessages.write(outcome), UTF_8));
      assertThat(outcome.trained() + outcome.deadLetters() + outcome.removals())
          .as("seed %d: %s", SEED, outcome)
          .isEqualTo(outcome.sent());
      assertThat(outcome.deadLetters()).isEqualTo(bad);
      assertThat(outcome.removals()).isEqualTo(removals);
      assertThat(outcome.repeatedWindows()).isZero();
      assertThat(outcome.unaccounted()).isZero();
    }
  }

  private void feed(TestingRun run, KafkaProducer<byte[], byte[]> others, Duration time)
      throws Exception {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      long next = System.nanoTime() + TURN.toNanos();
      run.sendImages(IMAGES_A_TURN);
      for (int i = 0; i < BAD_A_TURN; i++) {
        others.send(badRecord());
        bad++;
      }
      if (random.nextInt(10) == 0) {
        others.send(record("icon-" + random.nextInt(1_000), null));
        removals++;
      }
      while (System.nanoTime() < next) {
        run.observe();
      }
    }
  }

  /** One of each kind that must not stop the stream. */
  private ProducerRecord<byte[], byte[]> badRecord() {
    byte[] noise = new byte[200];
    random.nextBytes(noise);
    Header label = header(HeaderNames.LABEL, "cup");
    return switch (random.nextInt(6)) {
      case 0 -> record("noise", noise, label);
      case 1 -> record("no label", noise);
      case 2 -> record("empty", new byte[0], label);
      case 3 -> record("large", new byte[100_000], label);
      case 4 -> record("blank", noise, header(HeaderNames.LABEL, " "));
      default ->
          record(
              "envelope",
              "{\"label\": ".getBytes(UTF_8),
              header(HeaderNames.CONTENT_TYPE, "application/json"));
    };
  }

  private static ProducerRecord<byte[], byte[]> record(
      String key, byte[] value, Header... headers) {
    return new ProducerRecord<>(
        new Topics("soak.").images(), null, key.getBytes(UTF_8), value, Arrays.asList(headers));
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }

  private void happen(
      Fault fault, TestingProcesses processes, TestingRun run, KafkaProducer<byte[], byte[]> others)
      throws Exception {
    switch (fault) {
      case TASK_MANAGER_KILLED -> {
        // The other one lives from the beginning to the end, so that its memory says something.
        processes.cluster().killTaskManager(processes.cluster().newestTaskManager());
        processes.cluster().launchTaskManager();
      }
      case TASK_MANAGER_HELD_STILL -> {
        long pid = processes.cluster().taskManagerPid();
        signal("STOP", pid);
        feed(run, others, STOPPED);
        signal("CONT", pid);
      }
      case BROKER_RESTARTED -> {
        processes.killBroker();
        processes.restartBroker();
      }
      case DISK_FULL -> {
        Path ballast = fill(Path.of(DISK));
        feed(run, others, STOPPED);
        Files.delete(ballast);
      }
      case NETWORK_SLOW -> {
        tc("add", "tbf", "rate", "2mbit", "burst", "64kb", "latency", "400ms");
        feed(run, others, STOPPED);
        tc("del");
      }
    }
  }

  /** A file that leaves no byte of the file system free. */
  private static Path fill(Path disk) throws IOException {
    Path ballast = disk.resolve("ballast");
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] block = new byte[1 << 16];
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      // What is free is no evidence: meanwhile the job deletes what it no longer needs.
      assertThat(e).hasMessageContaining("No space left on device");
    }
    return ballast;
  }

  private static void tc(String... change) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tc", "qdisc", change[0], "dev", "lo", "root"));
    command.addAll(Arrays.asList(change).subList(1, change.length));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as("%s", command)
        .isZero();
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    assertThat(code).as("kill -%s %d", name, pid).isZero();
  }

  private void measure(TestingProcesses processes) throws IOException {
    jobManager.add(residentMiB(processes.cluster().jobManagerPid()));
    taskManager.add(residentMiB(processes.cluster().taskManagerPid()));
    if (jobManager.size() % FAULTS_BETWEEN_LINES == 0) {
      System.err.printf(
          "%d faults, %,d bad records; resident MiB by quarters, JobManager %s, TaskManager %s%n",
          jobManager.size() - 1, bad, quarters(jobManager), quarters(taskManager));
    }
  }

  private static long residentMiB(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  /** Draining reads nothing more; what waits in an open window then is trained. */
  private static void awaitAllRead(TestingRun run, String bootstrapServers) throws Exception {
    try (TopicAdmin admin = new TopicAdmin(KafkaConnection.to(bootstrapServers))) {
      String images = new Topics("soak.").images();
      run.observeUntil(
          "every record read",
          () -> admin.lag(run.settings().kafkaName(), images).orElse(Long.MAX_VALUE) == 0);
    }
  }

  private Outcome outcome(TestingRun run, TestingProcesses processes, int faults) {
    // The last transactions become visible a moment after the job has ended.
    Tally tally =
        Awaitility.await()
            .atMost(TIMEOUT)
            .until(() -> Tally.of(run), read -> read.windows() >= run.sentWindows());
    return new Outcome(
        MINUTES,
        run.sentImages() + bad + removals,
        tally.trained(),
        deadLetters(processes.bootstrapServers()),
        tally.removals(),
        tally.reports() - tally.windows(),
        tally.unaccounted(),
        faults,
        quarters(jobManager),
        quarters(taskManager));
  }

  /**
   * What all reports say, of which two hours have more than this process can hold.
   *
   * @param windows reports but for those that repeat one
   */
  private record Tally(long reports, long windows, long trained, long removals, long unaccounted) {

    static Tally of(TestingRun run) {
      Tally[] tally = {new Tally(0, 0, 0, 0, 0)};
      run.forEachReport(report -> tally[0] = tally[0].with(report));
      return tally[0];
    }

    private Tally with(WindowReport report) {
      long wrong =
          report.details().ledger().stream()
              .mapToLong(PartitionLedger::unaccounted)
              .map(Math::abs)
              .sum();
      boolean repeats = report.identity().window() < windows;
      return new Tally(
          reports + 1,
          windows + (repeats ? 0 : 1),
          trained + (repeats ? 0 : report.images().arrived()),
          removals + (repeats ? 0 : report.images().removed()),
          unaccounted + wrong);
    }
  }

  private static long deadLetters(String bootstrapServers) {
    AtomicLong letters = new AtomicLong();
    try (TopicReader reader =
        new TopicReader(
            KafkaConnection.to(bootstrapServers),
            new Topics("soak.").deadLetters(),
            TopicReader.Start.BEGINNING)) {
      reader.forEachToEnd(TIMEOUT, letter -> letters.incrementAndGet() > 0);
    }
    return letters.get();
  }

  /** Medians of the four quarters of the time. */
  private static List<Long> quarters(List<Long> values) {
    return IntStream.range(0, QUARTERS)
        .mapToObj(
            quarter ->
                values.subList(
                    values.size() * quarter / QUARTERS, values.size() * (quarter + 1) / QUARTERS))
        .filter(part -> !part.isEmpty())
        .map(SoakIT::median)
        .toList();
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
