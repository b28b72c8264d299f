package dev.quadstream.serve.search;

import dev.quadstream.kafka.AnswersTopic;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.feed.FeedLoop;
import dev.quadstream.serve.http.WebServer;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds images that show the same: follows the embeddings and the live release from the start of
 * their topics, or from its own snapshot, and answers over HTTP, and the questions of the stream on
 * its matches topic. The job does not notice it; Kafka and the registry may be away when it starts
 * and come later. Thread-safe.
 */
public final class SearchService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SearchService.class);

  private static final int REQUEST_THREADS = 32;

  private final WebServer web;
  private final FeedLoop feed;
  private final ReleaseNetworks models;
  private final Deletions deletions;
  private final Answers answers;
  private final Optional<Snapshots> snapshots;
  private final GraphExtension graphs;

  private SearchService(SearchSettings settings, WebServer web) {
    this.web = web;
    AnswersTopic matches = new AnswersTopic(settings.kafka(), settings.group());
    ModelRegistry registry = new ModelRegistry(settings.registry());
    FollowedTopics topics =
        new FollowedTopics(
            settings.topics(),
            settings.networkName(),
            () -> matches.unanswered(settings.topics().embeddings()),
            new PublishedModels(registry, settings.networkName()),
            settings.indexes().exactUpTo());
    this.models = new ReleaseNetworks(registry, settings.networkName(), topics::live);
    this.deletions = new Deletions(settings);
    Searches searches = new Searches(topics, models, settings.images().decoders());
    this.answers =
        new Answers(topics, settings.topics(), searches, matches, settings.falseAcceptRate());
    SearchMetrics metrics = new SearchMetrics(topics, answers);
    this.feed =
        new FeedLoop(
            "search-feed",
            settings.kafka(),
            topics::depths,
            topics::take,
            SearchService::say,
            SearchService::say);
    feed.whenCaughtUp(topics::caughtUp);
    feed.lackNone();
    this.snapshots =
        settings.indexes().snapshot().map(file -> new Snapshots(settings, file, topics));
    feed.resumeFrom(() -> topics.begin(snapshots.flatMap(Snapshots::load)));
    web.start(
        new SearchRequests(
            topics,
            searches,
            deletions,
            answers,
            metrics,
            settings.images().limits().maxEncodedBytes()));
    feed.start();
    answers.start();
    snapshots.ifPresent(Snapshots::start);
    this.graphs = new GraphExtension(topics);
  }

  private static void say(String problem) {
    if (problem != null) {
      LOG.warn(problem);
    }
  }

  /**
   * Starts reading the topics, and answering: until they have been read, with 503.
   *
   * @throws UncheckedIOException if the port is taken
   * @throws IllegalArgumentException if there is no such interface
   */
  public static SearchService start(SearchSettings settings) {
    return new SearchService(settings, WebServer.bind(settings.binding(), REQUEST_THREADS));
  }

  public int port() {
    return web.port();
  }

  /** Its address without a path. */
  public String address() {
    return web.address();
  }

  /** The token that clients need, or null. */
  public String token() {
    return web.access().token();
  }

  @Override
  public void close() {
    web.close();
    feed.close();
    snapshots.ifPresent(Snapshots::close);
    graphs.close();
    answers.close();
    models.close();
    deletions.close();
  }
}
