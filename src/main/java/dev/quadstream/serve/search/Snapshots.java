package dev.quadstream.serve.search;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicExtent;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.DaemonThreads;
import dev.quadstream.serve.LastingWork;
import dev.quadstream.serve.search.Snapshot.Header;
import dev.quadstream.serve.search.Snapshot.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a snapshot of the indexes in a file, and finds out whether topics can be read on from it.
 * What is wrong with one is logged, and the topics are read from their start as without it.
 */
final class Snapshots implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  private static final long SHORTEST_REST_MILLIS = 10_000;

  /** Each try may fill the disk, which the job needs as well. */
  private static final long REST_AFTER_FAILURE_MILLIS = 300_000;

  /** How many times as long as the writing took: it is not to slow the answers down. */
  private static final long REST = 20;

  private final Path path;
  private final SnapshotFile file;
  private final String network;
  private final Topics topics;
  private final KafkaConnection kafka;
  private final FollowedTopics followed;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("search-snapshots"));
  private volatile Map<String, String> topicIds = Map.of();
  private List<Place> written = List.of();
  private volatile boolean failed;

  Snapshots(SearchSettings settings, Path path, FollowedTopics followed) {
    this.path = path;
    this.file = new SnapshotFile(path);
    this.network = settings.networkName();
    this.topics = settings.topics();
    this.kafka = settings.kafka();
    this.followed = followed;
  }

  void start() {
    writeAfter(SHORTEST_REST_MILLIS);
  }

  /**
   * The snapshot to go on from, or nothing.
   *
   * @throws org.apache.kafka.common.KafkaException if nobody can tell whether the topics go on from
   *     it
   */
  Optional<Snapshot> load() {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      return load(admin);
    }
  }

  private Optional<Snapshot> load(TopicAdmin admin) {
    List<TopicExtent> extents =
        List.of(admin.extent(topics.embeddings()), admin.extent(topics.releases()));
    topicIds =
        Map.of(
            topics.embeddings(), extents.get(0).id().toString(),
            topics.releases(), extents.get(1).id().toString());
    try {
      String tombstones =
          admin.settings(topics.embeddings()).get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
      Optional<Snapshot> snapshot = file.read(followed::newIndexes);
      if (snapshot.isPresent()) {
        require(snapshot.get().header(), extents, Duration.ofMillis(Long.parseLong(tombstones)));
        LOG.info(
            "Going on from the snapshot {} of {}.",
            path,
            Instant.ofEpochMilli(snapshot.get().header().time()));
      }
      return snapshot;
    } catch (KafkaUnreachableException | MissingTopicException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "The snapshot {} is not used, and the topics are read from their start: {}",
          path,
          e.getMessage());
      return Optional.empty();
    }
  }

  private void require(Header header, List<TopicExtent> extents, Duration tombstones)
      throws IOException {
    if (!header.network().equals(network) || !header.topics().equals(topicIds)) {
      throw new IOException("it is of other topics, or of another network");
    }
    Map<TopicPartition, Long> begins = new HashMap<>();
    Map<TopicPartition, Long> ends = new HashMap<>();
    extents.forEach(
        extent -> {
          begins.putAll(extent.begins());
          ends.putAll(extent.ends());
        });
    Map<TopicPartition, Long> untaken = new HashMap<>(ends);
    for (Place place : header.places()) {
      TopicPartition partition = new TopicPartition(place.topic(), place.partition());
      untaken.remove(partition, place.next());
      if (place.next() < begins.getOrDefault(partition, Long.MAX_VALUE)
          || place.next() > ends.get(partition)) {
        throw new IOException(
            "it goes on from offset %d of %s, which is not there"
                .formatted(place.next(), partition));
      }
    }
    untaken.values().removeIf(end -> end == 0);
    boolean old = System.currentTimeMillis() - header.time() >= tombstones.toMillis();
    if (old && !untaken.isEmpty()) {
      throw new IOException(
          "it is older than deletions stay in the topic (%s is %s), and some may have come since"
              .formatted(TopicConfig.DELETE_RETENTION_MS_CONFIG, tombstones));
    }
  }

  private void writeAfter(long millis) {
    if (!thread.isShutdown()) {
      var unused = thread.schedule(this::writeAndRest, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void writeAndRest() {
    long start = System.nanoTime();
    new LastingWork(this::write, this::tell).run();
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    writeAfter(Math.max(failed ? REST_AFTER_FAILURE_MILLIS : SHORTEST_REST_MILLIS, REST * took));
  }

  private synchronized void write() {
    Optional<Snapshot> snapshot = followed.snapshot(topicIds);
    if (snapshot.isEmpty() || snapshot.get().header().places().equals(written)) {
      return;
    }
    try {
      file.write(snapshot.get());
      written = snapshot.get().header().places();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Once: a disk that is full may stay so, and the service needs no snapshot. */
  private synchronized void tell(Throwable failure) {
    if (failure != null && !failed) {
      LOG.warn("The snapshot {} was not written, and is tried again: {}", path, failure.toString());
    }
    failed = failure != null;
  }

  /** Writes a last one. */
  @Override
  public void close() {
    thread.shutdown();
    new LastingWork(this::write, this::tell).run();
  }
}
