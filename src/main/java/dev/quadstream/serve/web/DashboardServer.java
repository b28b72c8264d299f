package dev.quadstream.serve.web;

import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.DaemonThreads;
import dev.quadstream.serve.LastingWork;
import dev.quadstream.serve.feed.EncodedImages;
import dev.quadstream.serve.feed.FeedLoop;
import dev.quadstream.serve.feed.FeedbackTopics;
import dev.quadstream.serve.feed.FlinkProbe;
import dev.quadstream.serve.feed.ImageTopic;
import dev.quadstream.serve.feed.KafkaProbe;
import dev.quadstream.serve.feed.RunTopics;
import dev.quadstream.serve.http.WebServer;
import dev.quadstream.serve.model.ModelWorker;
import dev.quadstream.serve.state.ClassArrivals;
import dev.quadstream.serve.state.Feedback;
import dev.quadstream.serve.state.Gallery;
import dev.quadstream.serve.state.ModelsState;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.RunState;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live page of a run. Reads the run's topics and registry and writes to neither, but for labels
 * that people give, where that is asked for; the job does not notice it. Kafka, Flink and the
 * registry may all be away when it starts and come later.
 *
 * <p>Memory is bounded however long it runs: 1,200 points of history for each of 8 replicas at
 * most, 64 MiB of encoded images, a gallery of 768 images and the map under 32 model versions.
 * Thread-safe.
 */
public final class DashboardServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DashboardServer.class);

  private static final String RUN_FEED = "dashboard-run";
  private static final String IMAGE_FEED = "dashboard-images";
  private static final String ANSWER_FEED = "dashboard-answers";
  private static final int GALLERY_CLASSES = 128;
  private static final int GALLERY_IMAGES_A_CLASS = 6;
  private static final long ENCODED_BYTES = 64L << 20;
  private static final long EMBEDDING_BYTES = 64L << 20;
  private static final int REQUEST_THREADS = EventStream.MAX_LISTENERS + 24;

  private final WebServer web;
  private final EventStream events;
  private final FeedLoop runFeed;
  private final FeedLoop imageFeed;
  private final Optional<FeedLoop> answerFeed;
  private final Optional<Labelling> labelling;
  private final ModelWorker worker;
  private final Optional<FlinkProbe> flink;
  private final ScheduledExecutorService probes;
  private volatile boolean isLookedAt;

  private DashboardServer(DashboardSettings settings, WebServer web) {
    this.web = web;
    RunState state = new RunState(settings.networkName());
    Gallery gallery = new Gallery(GALLERY_CLASSES, GALLERY_IMAGES_A_CLASS);
    EncodedImages encoded = new EncodedImages(ENCODED_BYTES, settings.images().elsewhere());
    ClassArrivals arrivals = new ClassArrivals();
    PublishedEmbeddings published = new PublishedEmbeddings(EMBEDDING_BYTES);
    ModelRegistry registry = new ModelRegistry(settings.registry());
    Optional<Feedback> feedback =
        settings.maxQuestions() > 0
            ? Optional.of(new Feedback(settings.maxQuestions()))
            : Optional.empty();
    RunTopics run =
        new RunTopics(settings.topics(), settings.networkName(), state, published, feedback);
    ModelsState models = state.models();
    ImageTopic images =
        new ImageTopic(
            settings.topics(),
            models,
            gallery,
            encoded,
            arrivals,
            settings.images().parser(),
            settings.images().decoders());
    this.runFeed =
        new FeedLoop(
            RUN_FEED,
            settings.kafka(),
            run::depths,
            run::take,
            state.health()::feed,
            problem -> state.health().failure(RUN_FEED, problem));
    this.imageFeed =
        new FeedLoop(
            IMAGE_FEED,
            settings.kafka(),
            () -> isLookedAt ? depths(images, run) : Map.of(),
            message -> take(message, settings.topics().images(), images, run),
            problem -> {},
            problem -> state.health().failure(IMAGE_FEED, problem));
    this.answerFeed = feedback.map(labels -> answerFeed(settings, labels, state));
    this.labelling = feedback.map(labels -> new Labelling(settings, labels));
    this.events = new EventStream(state, feedback, WebServer.CLIENT_TIMEOUT);
    this.worker =
        new ModelWorker(
            models,
            new ModelWorker.Gathered(
                gallery, imageFeed::hasCaughtUp, images::problem, arrivals, published),
            events::isFollowed,
            registry,
            settings.heldOut());
    this.probes = Executors.newScheduledThreadPool(2, DaemonThreads.named("dashboard-probe"));
    this.flink =
        Optional.ofNullable(settings.flinkPage())
            .map(page -> new FlinkProbe(page, settings.group(), state.health()));
    scheduleProbes(settings, state, images);
    feedback.ifPresent(
        labels -> every("choice of questions", 1, () -> labels.choose(encoded::contains), state));
    web.start(
        new PageRequests(
            web,
            this::looked,
            events,
            new MapRequests(models, published),
            new NeighbourRequests(worker, images),
            new Thumbnails(encoded, images, settings.heldOut()),
            new ModelDownloads(models, registry),
            labelling));
  }

  /** Of what is drawn, once a model is known. */
  private static Map<String, Long> depths(ImageTopic images, RunTopics run) {
    Map<String, Long> depths = new HashMap<>(images.depths());
    if (!depths.isEmpty()) {
      depths.putAll(run.depthsOfEmbeddings());
    }
    return depths;
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> message, String imageTopic, ImageTopic images, RunTopics run) {
    if (message.topic().equals(imageTopic)) {
      images.take(message);
    } else {
      run.take(message);
    }
  }

  /** From the first time on, images and their embeddings are read: they are most of all records. */
  private void looked() {
    if (!isLookedAt) {
      isLookedAt = true;
      imageFeed.wake();
    }
  }

  private static FeedLoop answerFeed(
      DashboardSettings settings, Feedback feedback, RunState state) {
    FeedbackTopics answers = new FeedbackTopics(settings.topics(), feedback);
    return new FeedLoop(
        ANSWER_FEED,
        settings.kafka(),
        answers::depths,
        answers::take,
        feedback::problem,
        problem -> state.health().failure(ANSWER_FEED, problem));
  }

  /**
   * Starts serving, and reading the run from its beginning or as far back as is shown.
   *
   * @throws UncheckedIOException if the port is taken
   * @throws IllegalArgumentException if there is no such interface
   */
  public static DashboardServer start(DashboardSettings settings) {
    DashboardServer server =
        new DashboardServer(settings, WebServer.bind(settings.binding(), REQUEST_THREADS));
    server.runFeed.start();
    server.imageFeed.start();
    server.answerFeed.ifPresent(FeedLoop::start);
    return server;
  }

  private void scheduleProbes(DashboardSettings settings, RunState state, ImageTopic images) {
    KafkaProbe kafka =
        new KafkaProbe(
            settings.kafka(),
            settings.group(),
            settings.topics().images(),
            settings.networkName(),
            state.health());
    every("probe of Kafka", 5, kafka::ask, state);
    every(
        "drawing of the map",
        1,
        () -> {
          if (isLookedAt) {
            // Of a run of another size the map needs other pictures, also where no image comes.
            var unused = images.decoder();
          }
          worker.wakeUp();
        },
        state);
    every("care for slow browsers", 5, events::closeStuck, state);
    flink.ifPresent(
        probe ->
            every(
                "probe of Flink",
                5,
                () -> {
                  try {
                    probe.ask();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                state));
  }

  private void every(String name, int seconds, Runnable probe, RunState state) {
    LastingWork lasting = new LastingWork(probe, failure -> tell(name, failure, state));
    probes.scheduleWithFixedDelay(lasting, 0, seconds, TimeUnit.SECONDS);
  }

  private static void tell(String name, Throwable failure, RunState state) {
    String problem = null;
    if (failure != null) {
      LOG.warn("The {} failed.", name, failure);
      problem = "The %s failed and is tried again: %s".formatted(name, failure);
    }
    state.health().failure(name, problem);
  }

  /** The job has come to its end, and Flink with it: the page goes on without. */
  public void flinkHasEnded() {
    flink.ifPresent(FlinkProbe::end);
  }

  public int port() {
    return web.port();
  }

  /** Where to open the page, with the token where one is needed. */
  public String address() {
    String token = web.access().token();
    return web.address() + (token == null ? "" : "/?token=" + token);
  }

  @Override
  public void close() {
    events.close();
    web.close();
    probes.shutdownNow();
    runFeed.close();
    imageFeed.close();
    answerFeed.ifPresent(FeedLoop::close);
    labelling.ifPresent(Labelling::close);
    worker.close();
  }
}
