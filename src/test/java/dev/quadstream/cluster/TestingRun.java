package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TestingReads;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.TestingJobs;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.training.WindowReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A job on {@link TestingProcesses} with topics and directories of its own, the icons it is fed,
 * and what it has put out. Not thread-safe.
 */
final class TestingRun implements AutoCloseable {

  static final int WINDOW_IMAGES = 16;
  static final String QUESTION = "asked/";
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final int WINDOWS_AHEAD = 40;
  private static final int WINDOWS_AT_A_TIME = 20;
  private static final Duration GLANCE = Duration.ofMillis(20);
  private static final Duration TRANSACTION_VISIBLE = Duration.ofMinutes(2);

  private final TestingProcesses processes;
  private final Path directory;
  private final Topics topics;
  private final long seed;
  private final IconStream icons;
  private final KafkaImageProducer producer;
  private final TopicReader progress;
  private final Set<String> trained = new HashSet<>();
  private final int windowImages;

  private PipelineSettings settings;
  private RunningJob job;
  private int sentImages;

  /** What the JobManager answers at {@code /jobs/ID}. */
  private record JobState(String state, List<Vertex> vertices) {}

  private record Vertex(String name, String status) {}

  /**
   * Makes topics; starts no job.
   *
   * @param name of the run, part of its topics and directories
   * @param partitions of each topic
   * @param changes options that differ from a small run's
   */
  public TestingRun(
      TestingProcesses processes,
      String name,
      long seed,
      int partitions,
      Map<String, String> changes) {
    this.processes = processes;
    this.directory = processes.directory().resolve(name);
    this.topics = new Topics(name + ".");
    this.seed = seed;
    this.icons = IconStream.ofSeed(seed);
    Map<String, String> options = new HashMap<>(smallRun(name));
    // Almost as few as may be, so that a kill finds models deleted that nothing needs.
    options.put("registry.keep", "4");
    options.putAll(changes);
    this.settings = TestingJobs.settings(processes.bootstrapServers(), directory, options);
    this.windowImages = settings.get(WindowConfig.IMAGES);
    try (TopicAdmin admin = new TopicAdmin(KafkaConnection.to(processes.bootstrapServers()))) {
      admin.create(topics, partitions, 1);
    }
    this.producer =
        new KafkaImageProducer(KafkaConnection.to(processes.bootstrapServers()), topics.images());
    this.progress = uncommittedReports();
  }

  private Map<String, String> smallRun(String name) {
    return Map.of(
        "kafka.topic-prefix", name + ".",
        "kafka.group", name,
        "kafka.delivery", "exactly_once",
        "image.height", "28",
        "image.width", "28",
        "network.embedding-size", "16",
        "window.images", Integer.toString(WINDOW_IMAGES),
        "mining.waiting-windows", "3",
        "seed", Long.toString(seed));
  }

  /** The run's own directory. */
  Path directory() {
    return directory;
  }

  PipelineSettings settings() {
    return settings;
  }

  RunningJob job() {
    return job;
  }

  long seed() {
    return seed;
  }

  int sentImages() {
    return sentImages;
  }

  /** Full windows' worth of images that were sent. */
  int sentWindows() {
    return sentImages / windowImages;
  }

  /** Windows that were trained, whether or not their reports are committed; seen so far. */
  int trainedWindows() {
    return trained.size();
  }

  void start() throws Exception {
    startFrom(null);
  }

  void startFrom(String savepoint) throws Exception {
    job =
        JobLauncher.submit(
            settings,
            KafkaConnectors.of(settings),
            processes.cluster().address(),
            List.of(),
            savepoint);
  }

  /** Starts under further settings of Flink. */
  void startUnder(Configuration further) throws Exception {
    job = TestingJobs.submit(settings, processes.cluster().address(), further);
  }

  /** Starts with what replicas bring in files of the registry. */
  void startWithFiles() throws Exception {
    job = TestingJobs.submitWithFiles(settings, processes.cluster().address());
  }

  /** Changes options for the next start. */
  void change(Map<String, String> changes) {
    Map<String, String> options = new HashMap<>(settings.configuration().toMap());
    options.putAll(changes);
    settings = PipelineSettings.of(Configuration.fromMap(options));
  }

  /** Takes other settings for the next start. */
  void use(PipelineSettings other) {
    settings = other;
  }

  void sendWindows(int count) {
    sendImages(count * windowImages);
  }

  public void sendImages(int count) {
    for (int i = 0; i < count; i++) {
      EncodedImage image = icons.next();
      producer.send(image.id(), image.label(), image.contentType(), image.bytes(), 0);
    }
    sentImages += count;
    producer.flush();
  }

  /** Sends images without a label, whose ids begin with {@link #QUESTION}. */
  void sendQuestions(int count) {
    for (EncodedImage image : asked(count)) {
      producer.send(QUESTION + image.id(), null, image.contentType(), image.bytes(), 0);
    }
    producer.flush();
  }

  private List<EncodedImage> asked(int count) {
    IconStream asked = IconStream.ofSeed(seed + 1);
    List<EncodedImage> images = new ArrayList<>();
    while (images.size() < count) {
      images.add(asked.next());
    }
    return images;
  }

  /**
   * Sends the labels of some of these questions.
   *
   * @return their ids
   */
  Set<String> sendLabels(int from, int to) {
    Set<String> ids = new HashSet<>();
    try (KafkaImageProducer labels =
        new KafkaImageProducer(KafkaConnection.to(processes.bootstrapServers()), topics.labels())) {
      for (EncodedImage image : asked(to).subList(from, to)) {
        labels.send(QUESTION + image.id(), image.label().getBytes(UTF_8));
        ids.add(QUESTION + image.id());
      }
      labels.flush();
    }
    return ids;
  }

  /** Sends a label that is no text. */
  void sendBadLabel() {
    try (KafkaImageProducer labels =
        new KafkaImageProducer(KafkaConnection.to(processes.bootstrapServers()), topics.labels())) {
      labels.send("bad", new byte[] {-1});
      labels.flush();
    }
  }

  /** The reasons of the dead letters as a read_committed reader sees them. */
  List<String> deadLetterReasons(int expected) {
    return committed(topics.deadLetters(), expected).stream()
        .map(
            letter ->
                new String(letter.headers().lastHeader(HeaderNames.ERROR_CLASS).value(), UTF_8))
        .toList();
  }

  /** Looks for reports for a moment; fails if the job has ended, or a TaskManager by itself. */
  void observe() throws Exception {
    processes.cluster().failIfOneHasEnded();
    if (job.hasEnded()) {
      job.await();
      throw new AssertionError("The job of %s has ended.".formatted(directory));
    }
    progress
        .next(GLANCE)
        .map(TestingJobs::report)
        .ifPresent(
            report -> trained.add(report.identity().replica() + "/" + report.identity().window()));
  }

  /** Observes until a condition holds. */
  void observeUntil(String what, BooleanSupplier condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "%s: not within %s. Seed %d, %d windows sent, %d trained, logs in %s.\n%s\n%s"
                .formatted(
                    what,
                    PATIENCE,
                    seed,
                    sentWindows(),
                    trained.size(),
                    processes.directory(),
                    JsonMessages.read(ask("").getBytes(UTF_8), JobState.class),
                    processes.cluster().state()));
      }
      observe();
    }
  }

  /** Observes until a condition holds, while windows are sent so that training never runs dry. */
  void feedUntil(String what, BooleanSupplier condition) throws Exception {
    observeUntil(
        what,
        () -> {
          if (sentWindows() < trained.size() + WINDOWS_AHEAD) {
            sendWindows(WINDOWS_AT_A_TIME);
          }
          return condition.getAsBoolean();
        });
  }

  /** The same for a while. */
  void feedFor(Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    feedUntil(time.toString(), () -> System.nanoTime() >= end);
  }

  /** Observes until so many windows are trained. */
  void awaitTrained(int windows) throws Exception {
    observeUntil(windows + " windows trained", () -> trained.size() >= windows);
  }

  /** Ends the input, lets everything be trained and published, and returns the savepoint. */
  String drain() throws Exception {
    String savepoint = job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();
    return savepoint;
  }

  String stopWithSavepoint() throws Exception {
    String savepoint = job.stopWithSavepoint(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();
    return savepoint;
  }

  /** The reports as a read_committed reader sees them, which is at least {@code expected} many. */
  List<WindowReport> reports(int expected) {
    return committed(topics.reports(), expected).stream().map(TestingJobs::report).toList();
  }

  /** Hands out the reports as far as a read_committed reader sees them now, and holds none. */
  void forEachReport(Consumer<WindowReport> taker) {
    try (TopicReader reader = reader(topics.reports())) {
      reader.forEachToEnd(
          TRANSACTION_VISIBLE,
          message -> {
            taker.accept(TestingJobs.report(message));
            return true;
          });
    }
  }

  /** The embeddings likewise. */
  List<EmbeddingMessage> embeddings(int expected) {
    return committed(topics.embeddings(), expected).stream()
        .map(message -> EmbeddingMessage.fromJson(message.value()))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> committed(String topic, int expected) {
    try (TopicReader reader = reader(topic)) {
      List<ConsumerRecord<byte[], byte[]>> records =
          new ArrayList<>(TestingReads.take(reader, expected, TRANSACTION_VISIBLE));
      records.addAll(reader.readToEnd(TRANSACTION_VISIBLE));
      return records;
    }
  }

  /** The manifests on the models topic, repeats included. */
  List<ModelManifest> manifests() {
    try (TopicReader reader = reader(topics.models())) {
      return reader.readToEnd(PATIENCE).stream()
          .map(message -> JsonMessages.read(message.value(), ModelManifest.class))
          .toList();
    }
  }

  /** Sends a command to the release pointer; UNPIN takes no model's version, but its run. */
  void sendReleaseCommand(ReleaseCommand.Action action, ModelManifest model, long asOf) {
    boolean versioned = action != ReleaseCommand.Action.UNPIN;
    ReleaseCommand command =
        new ReleaseCommand(
            UUID.randomUUID().toString(),
            model.identity().name(),
            model.identity().run(),
            action,
            versioned ? model.identity().version() : null,
            versioned ? model.file().sha256() : null,
            System.currentTimeMillis(),
            asOf);
    try (KafkaImageProducer releases =
        new KafkaImageProducer(
            KafkaConnection.to(processes.bootstrapServers()), topics.releases())) {
      releases.send(command.key(), JsonMessages.write(command));
      releases.flush();
    }
  }

  /** Where the release pointer has been, as a read_committed reader sees it, the oldest first. */
  List<Release> releases() {
    try (TopicReader reader = reader(topics.releases())) {
      return reader.readToEnd(PATIENCE).stream()
          .filter(
              message -> new String(message.key(), UTF_8).equals(settings.get(NetworkConfig.NAME)))
          .map(message -> JsonMessages.read(message.value(), Release.class))
          .toList();
    }
  }

  /** A reader of the models topic, from its beginning. */
  TopicReader modelReader() {
    return reader(topics.models());
  }

  /** What Flink's REST API says of the job at {@code /jobs/ID} + path. */
  String ask(String path) {
    return processes.cluster().get("/jobs/" + job.id() + path);
  }

  /** Cancels a job that still runs, so that its slots are free for the next test. */
  @Override
  public void close() throws Exception {
    producer.close();
    progress.close();
    if (job != null && !job.status().isGloballyTerminalState()) {
      processes.cluster().cancel(job.id());
    }
  }

  private TopicReader reader(String topic) {
    return new TopicReader(
        KafkaConnection.to(processes.bootstrapServers()), topic, TopicReader.Start.BEGINNING);
  }

  /** Sees a window as soon as it is trained, also where its transaction is never committed. */
  private TopicReader uncommittedReports() {
    Map<String, String> uncommitted = Map.of("isolation.level", "read_uncommitted");
    return new TopicReader(
        new KafkaConnection(processes.bootstrapServers(), uncommitted),
        topics.reports(),
        TopicReader.Start.BEGINNING);
  }
}
