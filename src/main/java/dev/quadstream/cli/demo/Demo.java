package dev.quadstream.cli.demo;

import dev.quadstream.cli.demo.DemoSummary.HeldOut;
import dev.quadstream.evaluation.HeldOutRecall;
import dev.quadstream.evaluation.HeldOutResult;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.search.SearchService;
import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.LabelConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.WindowConfig;
import dev.quadstream.training.WindowReport;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.flink.configuration.ConfigOption;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on one machine: a broker in a process of its own, Flink in this one, images in, and at
 * the end the recall on classes that were never streamed.
 */
public final class Demo {

  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration DRAIN = Duration.ofMinutes(2);

  /** Answers come every few milliseconds: after this time none is on its way. */
  private static final Duration LAST_ANSWER = Duration.ofSeconds(10);

  private static final int WINDOWS_AHEAD = 8;
  private static final int PUBLISHED_SOON = 16;
  private static final long MAX_WAITING_BYTES = 64L << 20;

  private static final String REPORTS = "reports.jsonl";

  /** Below its directory. */
  public static final String KAFKA = "kafka";

  public static final String MODELS = "models";
  public static final String LOGS = "logs";

  private final DemoOptions options;
  private final PipelineSettings settings;
  private final DemoSource source;
  private final DemoQuestions questions;
  private final PrintStream out;
  private final LiveLine liveLine;
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final Progress progress = new Progress();
  private final AtomicLong labelledLetters = new AtomicLong();
  private long deadLetters;

  /**
   * A demo that has not started.
   *
   * @param options what is asked for
   * @param settings the pipeline's options, but for Kafka's address and the directories
   * @param source what is streamed and measured with
   * @param out where the summary and messages go
   * @param liveLine draws the run, or null to draw nothing
   */
  public Demo(
      DemoOptions options,
      PipelineSettings settings,
      DemoSource source,
      PrintStream out,
      LiveLine liveLine) {
    this.options = options;
    this.settings = options.unlabelled() > 0 ? forPeople(settings) : settings;
    this.source = source;
    this.questions = new DemoQuestions(options.unlabelled(), settings.get(JobConfig.SEED));
    this.out = out;
    this.liveLine = liveLine;
  }

  /**
   * Where people answer, no image of the demo is to stop waiting for its label, and a label is to
   * be learned soon, unless the options say otherwise.
   */
  private PipelineSettings forPeople(PipelineSettings given) {
    int most = (int) Math.min(options.images(), MAX_WAITING_BYTES / given.shape().size());
    return orGiven(
        orGiven(given, LabelConfig.CAPACITY, Math.max(most, LabelConfig.CAPACITY.defaultValue())),
        JobConfig.PUBLISH_EVERY,
        PUBLISHED_SOON);
  }

  private static <T> PipelineSettings orGiven(
      PipelineSettings given, ConfigOption<T> option, T value) {
    return given.configuration().getOptional(option).isPresent()
        ? given
        : given.with(option, value);
  }

  private int maxQuestions(PipelineSettings local) {
    return options.unlabelled() > 0 ? local.get(LabelConfig.CAPACITY) : 0;
  }

  /** Lets the run end early, with its summary. From any thread. */
  public void interrupt() {
    interrupted.countDown();
  }

  /** Whether {@link #interrupt} was called. */
  public boolean wasInterrupted() {
    return interrupted.getCount() == 0;
  }

  /**
   * Runs to the end.
   *
   * @param whenDone told what it came to, while broker and page are still there
   * @return whether it came to anything, which it does with its first window
   */
  public boolean run(Consumer<DemoSummary> whenDone) throws Exception {
    long start = System.nanoTime();
    Path logs = Files.createDirectories(file(LOGS));
    try (KafkaBrokerProcess broker = KafkaBrokerProcess.launch(file(KAFKA), 0, logs)) {
      PipelineSettings local =
          settings
              .with(KafkaConfig.BOOTSTRAP_SERVERS, broker.bootstrapServers())
              // Those are meant for a broker of the user's own.
              .with(KafkaConfig.PROPERTIES, Map.of())
              .with(KafkaConfig.STARTING_OFFSETS, KafkaConfig.StartingOffsets.EARLIEST)
              .with(KafkaConfig.SKIP, "")
              .with(JobConfig.REGISTRY_DIRECTORY, file(MODELS).toString())
              .with(JobConfig.CHECKPOINT_DIRECTORY, file("checkpoints").toString());
      RunningJob job =
          JobLauncher.startHere(
              local,
              KafkaConnectors.of(local),
              options.webPorts(),
              null,
              () -> awaitTopics(broker, local));
      FlinkWebPage webPage = new FlinkWebPage(job.webPage(), job.id());
      out.printf("Kafka at %s, Flink at %s%n", broker.bootstrapServers(), webPage.address());
      try (LivePage page = new LivePage(local, webPage.address(), maxQuestions(local));
          SearchService search = options.unlabelled() > 0 ? LiveSearch.start(local) : null) {
        if (search != null) {
          out.printf("Search at %s%n", search.address());
        }
        Optional<DemoSummary> summary = stream(local, job, webPage, page, start);
        summary.ifPresent(whenDone);
        if (summary.isPresent() && options.keep() && !wasInterrupted()) {
          page.flinkHasEnded();
          out.println("Broker and page stay until Ctrl-C.");
          interrupted.await();
        }
        return summary.isPresent();
      }
    }
  }

  /** Images that became dead letters; for the thread that runs it. */
  public long deadLetters() {
    return deadLetters;
  }

  private static void awaitTopics(KafkaBrokerProcess broker, PipelineSettings local) {
    broker.awaitReady();
    try (TopicAdmin admin = new TopicAdmin(local.kafka())) {
      admin.create(local.topics(), 1, (short) 1);
    }
  }

  private Optional<DemoSummary> stream(
      PipelineSettings local, RunningJob job, FlinkWebPage webPage, LivePage page, long start)
      throws Exception {
    Topics topics = local.topics();
    long firstImage = System.nanoTime();
    long restarts;
    try (TopicReader reportReader = reader(local, topics.reports());
        TopicReader letterReader = reader(local, topics.deadLetters());
        TopicReader matchReader = reader(local, topics.matches());
        OutputStream reportFile = new BufferedOutputStream(Files.newOutputStream(file(REPORTS)));
        DemoFeed feed = feed(local)) {
      feed.start();
      if (options.livePage()) {
        out.printf("Live page at %s%n", page.start(source::heldOut));
      }
      while (!isComplete(feed) && !wasInterrupted() && !isOutOfTime(start)) {
        ConsumerRecord<byte[], byte[]> message = reportReader.next(POLL).orElse(null);
        if (message != null) {
          take(message, reportFile);
          feed.progressed();
        }
        for (var letter = letterReader.next(Duration.ZERO);
            letter.isPresent();
            letter = letterReader.next(Duration.ZERO)) {
          deadLetters++;
          if (letter.get().headers().lastHeader(HeaderNames.LABEL) != null) {
            labelledLetters.incrementAndGet();
            feed.progressed();
          }
        }
        takeAnswers(matchReader, Duration.ZERO);
        if (liveLine != null) {
          liveLine.show(progress, deadLetters);
        }
        if (job.hasEnded()) {
          job.await();
        }
      }
      feed.close();
      if (progress.windows() == 0 && wasInterrupted()) {
        return Optional.empty();
      }
      takeLastAnswers(matchReader);
      restarts = webPage.restarts();
      if (!drain(job)) {
        return Optional.empty();
      }
      for (ConsumerRecord<byte[], byte[]> message : reportReader.readToEnd(DRAIN)) {
        take(message, reportFile);
      }
      deadLetters += letterReader.readToEnd(DRAIN).size();
    } finally {
      if (liveLine != null) {
        liveLine.end();
      }
      if (!job.hasEnded()) {
        job.cancel();
      }
    }
    double streamSeconds = seconds(firstImage);
    ModelRegistry registry = new ModelRegistry(local.registryDirectory());
    Optional<ModelManifest> newest = registry.latest(local.get(NetworkConfig.NAME));
    return newest.isEmpty()
        ? Optional.empty()
        : Optional.of(summarise(local, registry, newest.get(), restarts, streamSeconds, start));
  }

  /** Lets what was sent be trained on; returns whether the job had begun far enough for it. */
  private boolean drain(RunningJob job)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      job.drain(file("savepoints").toString(), DRAIN);
    } catch (ExecutionException e) {
      if (progress.windows() > 0 || job.hasEnded()) {
        throw e;
      }
      LOG.warn("The job was stopped before it ran.", e);
      return false;
    }
    job.await();
    return true;
  }

  private DemoSummary summarise(
      PipelineSettings local,
      ModelRegistry registry,
      ModelManifest newest,
      long restarts,
      double streamSeconds,
      long start)
      throws Exception {
    HeldOutRecall recall = new HeldOutRecall(source.heldOut());
    LoadedModel model = registry.load(newest, ModelFile::parameters).loadToEmbed();
    try (QuadrupletNetwork trained = model.network();
        QuadrupletNetwork untrained = QuadrupletNetwork.create(local.network())) {
      HeldOutResult now = recall.examine(trained);
      return new DemoSummary(
          new DemoSummary.Training(
              progress.images(),
              progress.windows(),
              newest.identity().version(),
              progress.images() / streamSeconds),
          new HeldOut(
              (int) source.heldOut().stream().map(LabeledImage::label).distinct().count(),
              recall.size(),
              recall.ofRawPixels(),
              recall.of(untrained),
              now.recallAt1(),
              now.hit(),
              now.miss()),
          progress.history().recentRecallAt1(),
          questions.summary(),
          new DemoSummary.Health(
              deadLetters,
              restarts,
              (progress.firstArrival() - start) / NANOS_PER_SECOND,
              seconds(start)),
          new DemoSummary.Files(
              file(MODELS).resolve(newest.file().path()).toString(),
              file(REPORTS).toString(),
              file(LOGS).toString()));
    }
  }

  private Path file(String name) {
    return options.directory().resolve(name);
  }

  private DemoFeed feed(PipelineSettings local) {
    return new DemoFeed(
        source,
        new KafkaImageProducer(local.kafka(), local.topics().images()),
        questions,
        options.images(),
        (long) WINDOWS_AHEAD * local.get(WindowConfig.IMAGES),
        this::done);
  }

  /** Labelled images that nothing more is to come of. */
  private long done() {
    return progress.images() + labelledLetters.get();
  }

  private static TopicReader reader(PipelineSettings local, String topic) {
    return new TopicReader(local.kafka(), topic, TopicReader.Start.BEGINNING);
  }

  private void take(ConsumerRecord<byte[], byte[]> message, OutputStream file) throws IOException {
    WindowReport report = JsonMessages.read(message.value(), WindowReport.class);
    progress.add(report, System.nanoTime());
    file.write(message.value());
    file.write('\n');
  }

  /** Takes the answers that are there, waiting for the first; returns whether there were any. */
  private boolean takeAnswers(TopicReader matches, Duration timeout) {
    boolean any = false;
    for (var answer = matches.next(timeout);
        answer.isPresent();
        answer = matches.next(Duration.ZERO)) {
      any = true;
      if (answer.get().value() != null) {
        questions.answered(JsonMessages.read(answer.get().value(), MatchMessage.class));
      }
    }
    return any;
  }

  private void takeLastAnswers(TopicReader matches) {
    while (questions.open() > 0 && !wasInterrupted() && takeAnswers(matches, LAST_ANSWER)) {
      // Until all are there, or no more come.
    }
  }

  private boolean isComplete(DemoFeed feed) {
    return feed.hasSentAll() && done() >= feed.labelled() - inOpenWindow();
  }

  /**
   * Images that may stay in the last window, which the end of the job closes. Before the first one,
   * what was sent may not be read yet, and a window that time closes shows that it is.
   */
  private int inOpenWindow() {
    return progress.windows() > 0 || settings.get(WindowConfig.TIMEOUT).isZero()
        ? settings.get(WindowConfig.IMAGES) - 1
        : 0;
  }

  private boolean isOutOfTime(long start) {
    return options.duration() != null
        && options.duration().minusNanos(System.nanoTime() - start).isNegative();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / NANOS_PER_SECOND;
  }
}
