package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.PrintableText;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.search.OpenSetTrials;
import dev.quadstream.search.ReleaseIndexes;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.search.Questions.Question;
import dev.quadstream.serve.search.Snapshot.Header;
import dev.quadstream.serve.search.Snapshot.Place;
import dev.quadstream.serve.search.Snapshot.ReleaseFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the indexes as the topics of embeddings and releases say. Each time they are read from
 * their start or from a snapshot, new indexes are filled, and take the place of the former ones
 * once they have caught up: what was deleted while Kafka was away is not to stay.
 *
 * <p>One thread takes records; any number asks.
 */
final class FollowedTopics {

  private static final Logger LOG = LoggerFactory.getLogger(FollowedTopics.class);

  /** Of releases, most of which have no index any more. */
  private static final int MAX_FILES = 1_000;

  private final Topics topics;
  private final String network;
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final Questions questions = new Questions();
  private final Supplier<Map<Integer, Long>> unanswered;
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Published published;
  private final Map<ReleaseKey, String> files = new HashMap<>();
  private final Map<ReleaseKey, Optional<ModelManifest>> models = new HashMap<>();

  /** What the registry said of those: it lists a directory for each. */
  private final Map<ReleaseKey, Boolean> wereOthers = new HashMap<>();

  private volatile Map<String, OpenSetTrials> trials = new ConcurrentHashMap<>();
  private final int exactUpTo;
  private volatile ReleaseIndexes indexes;
  private volatile Release live;
  private volatile boolean ready;
  private ReleaseIndexes filling;
  private boolean resumed;
  private boolean lacksSome;
  private ReleaseKey newest;
  private boolean warned;

  /** What is known of releases whose run may have been set back to an older state. */
  interface Published {

    /** Which model a release is; nothing where there is none, or nobody can tell. */
    Optional<ModelManifest> of(ReleaseKey key);

    /** Whether its version was another model before. */
    boolean wasAnother(ModelManifest model);
  }

  /**
   * Nothing is known yet.
   *
   * @param unanswered tells the first offset of each partition of the embeddings from which on
   *     questions may need an answer
   * @param published tells which model a release is by now
   * @param exactUpTo how many images of a release are searched exactly
   */
  FollowedTopics(
      Topics topics,
      String network,
      Supplier<Map<Integer, Long>> unanswered,
      Published published,
      int exactUpTo) {
    this.topics = topics;
    this.network = network;
    this.unanswered = unanswered;
    this.published = published;
    this.exactUpTo = exactUpTo;
    this.indexes = newIndexes();
    this.filling = indexes;
  }

  /** Indexes without an image. */
  ReleaseIndexes newIndexes() {
    return new ReleaseIndexes(exactUpTo);
  }

  /** What is read, and that all of it is. */
  Map<String, Long> depths() {
    return Map.of(topics.embeddings(), Long.MAX_VALUE, topics.releases(), Long.MAX_VALUE);
  }

  /**
   * Begins anew, from a snapshot or with all records of both topics.
   *
   * @return the offset of each partition that is read on from there, and not from its start
   */
  Map<TopicPartition, Long> begin(Optional<Snapshot> snapshot) {
    // Before the lock, which whoever asks for the status waits for.
    Map<Integer, Long> firstUnanswered = unanswered.get();
    models.clear();
    wereOthers.clear();
    for (ReleaseIndex release : snapshot.map(from -> from.indexes().all()).orElse(List.of())) {
      models.put(release.key(), published.of(release.key()));
    }
    return begin(snapshot, firstUnanswered);
  }

  private synchronized Map<TopicPartition, Long> begin(
      Optional<Snapshot> snapshot, Map<Integer, Long> firstUnanswered) {
    questions.begin(firstUnanswered);
    resumed = snapshot.isPresent();
    lacksSome = false;
    next.clear();
    files.clear();
    filling = snapshot.map(Snapshot::indexes).orElseGet(this::newIndexes);
    trials = new ConcurrentHashMap<>();
    snapshot
        .map(Snapshot::trials)
        .orElse(Map.of())
        .forEach((run, state) -> trials.put(run, new OpenSetTrials(state)));
    newest = snapshot.map(from -> from.header().newest()).orElse(null);
    snapshot.map(Snapshot::header).ifPresent(this::resumeFrom);
    if (!ready) {
      indexes = filling;
    }
    return Map.copyOf(next);
  }

  private void resumeFrom(Header header) {
    for (Place place : header.places()) {
      next.put(new TopicPartition(place.topic(), place.partition()), place.next());
      if (place.topic().equals(topics.embeddings())) {
        questions.resumeFrom(place.partition(), place.next());
      }
    }
    header.waiting().forEach(questions::ask);
    header.files().forEach(file -> files.put(file.key(), file.sha256()));
    filling.all().forEach(release -> dropOfFormer(release.key(), header.time()));
    if (header.live() != null) {
      live = header.live();
      filling.announce(keyOf(live));
    } else if (newest != null) {
      filling.announce(newest);
    }
  }

  /** Drops from a snapshot what was embedded before the release was the model that it is. */
  private void dropOfFormer(ReleaseKey key, long snapshotTime) {
    ModelManifest model = models.get(key).orElse(null);
    if (model == null) {
      return;
    }
    if (model.file().sha256().equals(files.get(key))) {
      // What came before it was only published again is to stay.
      models.put(key, Optional.empty());
    } else if (isOfFormer(key, snapshotTime)) {
      files.remove(key);
      drop(key);
    }
    files.putIfAbsent(key, model.file().sha256());
  }

  private void drop(ReleaseKey key) {
    LOG.warn("{} is another model from now on: what was embedded by the former is dropped.", key);
    filling.drop(key);
  }

  /**
   * All that has been taken up to now, or nothing while it is being read anew.
   *
   * @param ids of both topics
   */
  synchronized Optional<Snapshot> snapshot(Map<String, String> ids) {
    if (!hasCaughtUp()) {
      return Optional.empty();
    }
    Header header =
        new Header(
            network,
            System.currentTimeMillis(),
            ids,
            places(),
            live,
            newest,
            files.entrySet().stream()
                .map(file -> new ReleaseFile(file.getKey(), file.getValue()))
                .toList(),
            questions.all());
    Map<String, OpenSetTrials.State> states = new HashMap<>();
    trials.forEach(
        (run, each) -> {
          // An id in a file would outlive the image.
          each.retain(indexes::contains);
          states.put(run, each.state());
        });
    return Optional.of(new Snapshot(header, indexes, states));
  }

  /** Up to where records have been taken. */
  synchronized List<Place> places() {
    List<Place> places = new ArrayList<>();
    next.forEach(
        (partition, offset) ->
            places.add(new Place(partition.topic(), partition.partition(), offset)));
    return places;
  }

  /**
   * Takes the next record of its partition.
   *
   * @throws KafkaException where it comes before those that were taken: all is to begin anew
   */
  synchronized void take(ConsumerRecord<byte[], byte[]> message) {
    TopicPartition partition = new TopicPartition(message.topic(), message.partition());
    if (message.offset() < next.getOrDefault(partition, 0L)) {
      beginsAnew(partition);
    }
    records.incrementAndGet();
    next.put(partition, message.offset() + 1);
    try {
      if (message.topic().equals(topics.releases())) {
        takeRelease(message);
      } else if (message.value() == null) {
        remove(new String(message.key(), UTF_8), message);
      } else {
        takeEmbedding(EmbeddingMessage.fromJson(message.value()), message);
      }
    } catch (RuntimeException e) {
      // Topics hold what others wrote, too.
      skip(
          "record %s-%d-%d: %s"
              .formatted(message.topic(), message.partition(), message.offset(), e.getMessage()));
    } catch (OutOfMemoryError e) {
      // Not the record's fault: it is to be read again, and none of this to be kept.
      lacksSome = true;
      throw e;
    }
  }

  /** Kafka's client goes on without a word in a topic that was deleted and made anew. */
  private void beginsAnew(TopicPartition partition) {
    lacksSome = true;
    live = null;
    throw new KafkaException(
        "%s was made anew while it was read, so that everything is read from its start."
            .formatted(partition));
  }

  private void takeRelease(ConsumerRecord<byte[], byte[]> message) {
    String key = new String(message.key(), UTF_8);
    if (!key.equals(network) || message.value() == null) {
      if (!ReleaseCommand.isKey(key, network) && message.value() != null) {
        LOG.debug("The releases topic speaks of '{}', too.", PrintableText.of(key));
      }
      return;
    }
    Release release = JsonMessages.read(message.value(), Release.class);
    requirePointer(release);
    live = release;
    dropWhereAnother(keyOf(release), release.file().sha256());
    filling.announce(keyOf(release));
  }

  /**
   * A run that was set back to an older state comes to its versions again, and what it then embeds
   * compares with nothing from before. Of topics that are read from their start nobody can tell
   * what came after the pointer, but when each embedding was written.
   */
  private void dropWhereAnother(ReleaseKey key, String sha256) {
    String before = files.put(key, sha256);
    if ((resumed || hasCaughtUp()) && before != null && !before.equals(sha256)) {
      models.remove(key);
      wereOthers.remove(key);
      drop(key);
    }
    if (files.size() > MAX_FILES) {
      Set<ReleaseKey> kept =
          filling.all().stream().map(ReleaseIndex::key).collect(Collectors.toSet());
      kept.add(key);
      files.keySet().retainAll(kept);
      models.keySet().retainAll(kept);
      wereOthers.keySet().retainAll(kept);
    }
  }

  /** Whether what was embedded until then is of the model that the release was before. */
  private boolean isOfFormer(ReleaseKey key, long time) {
    Optional<ModelManifest> model = models.computeIfAbsent(key, this::lookUp);
    if (model.isEmpty() || time >= model.get().createdAt()) {
      return false;
    }
    // After a clock was set back a model may seem to be younger than what it embedded.
    boolean wasAnother =
        wereOthers.computeIfAbsent(key, unseen -> published.wasAnother(model.get()));
    if (!wasAnother) {
      models.put(key, Optional.empty());
    }
    return wasAnother;
  }

  private Optional<ModelManifest> lookUp(ReleaseKey key) {
    Optional<ModelManifest> model = published.of(key);
    model.ifPresent(known -> files.putIfAbsent(key, known.file().sha256()));
    return model;
  }

  /** Others can write to the topic, and what is no pointer of the job's moves nothing. */
  private void requirePointer(Release release) {
    long version = release.identity().version();
    if (!release.identity().name().equals(network) || version != release.decision().live()) {
      throw new IllegalArgumentException(
          "it points to version %d of network %s and calls version %d live, which is no pointer of network %s"
              .formatted(version, release.identity().name(), release.decision().live(), network));
    }
  }

  private void remove(String id, ConsumerRecord<byte[], byte[]> message) {
    filling.remove(id);
    // Of one that has a label, too: it may have been answered before that came.
    questions.ask(new Question(id, null, message.partition(), message.offset()));
  }

  private void takeEmbedding(EmbeddingMessage embedding, ConsumerRecord<byte[], byte[]> message) {
    if (embedding.run() == null || embedding.release() == null) {
      throw new IllegalArgumentException(
          "the embedding of '%s' names no release, as those of earlier versions; it compares with no other"
              .formatted(embedding.id()));
    }
    ModelManifest.requireName(embedding.run());
    ReleaseKey key = new ReleaseKey(embedding.run(), embedding.release());
    if (isOfFormer(key, message.timestamp())) {
      throw new IllegalArgumentException(
          "it was written before %s was the model that it is: its run was set back to an older state since"
              .formatted(key));
    }
    filling.put(key, embedding.id(), embedding.label(), embedding.vector());
    if (live == null) {
      assumeLive(key);
    }
    if (embedding.label() == null) {
      questions.ask(new Question(embedding.id(), key, message.partition(), message.offset()));
    } else {
      questions.settle(embedding.id(), message.partition(), message.offset());
      trials(key).add(embedding.release(), embedding.window(), embedding.id(), embedding.label());
    }
  }

  /**
   * Until a pointer says which release is live, the newest that embeddings are of counts as such.
   */
  private void assumeLive(ReleaseKey key) {
    boolean newer =
        newest == null || !newest.run().equals(key.run()) || newest.release() < key.release();
    if (newer) {
      newest = key;
      filling.announce(key);
    }
  }

  private void skip(String why) {
    skipped.incrementAndGet();
    // Once in full: a producer that does so each time would fill the log.
    if (!warned) {
      warned = true;
      LOG.warn("Not searchable, and counted from here on: {}", PrintableText.of(why));
    }
  }

  static ReleaseKey keyOf(Release release) {
    return new ReleaseKey(release.identity().run(), release.identity().version());
  }

  /** All that the topics held has been taken. */
  synchronized void caughtUp() {
    indexes.commandedFor(filling).ifPresent(filling::serve);
    filling.settle();
    indexes = filling;
    ready = true;
  }

  /** Whether the indexes have once held all that the topics did. */
  boolean isReady() {
    return ready;
  }

  /** Whether the indexes hold all that the topics do, and not what they did before. */
  synchronized boolean hasCaughtUp() {
    return ready && indexes == filling && !lacksSome;
  }

  Questions questions() {
    return questions;
  }

  /** The trials of a release's run. */
  OpenSetTrials trials(ReleaseKey key) {
    return trials.computeIfAbsent(key.run(), run -> new OpenSetTrials());
  }

  ReleaseIndexes indexes() {
    return indexes;
  }

  /** The pointer to the live release, if one was announced. */
  Optional<Release> live() {
    return Optional.ofNullable(live);
  }

  /** How many records have been taken. */
  long records() {
    return records.get();
  }

  /** How many of them could not be used. */
  long skipped() {
    return skipped.get();
  }
}
