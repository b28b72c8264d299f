package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.search.ReleaseKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the embeddings topic says of each image, seen from one release: which are its own, which are
 * to be made anew, and which have both another vector and its own, so that one can be mapped to the
 * other. Not thread-safe.
 */
final class KnownEmbeddings {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Of an earlier release; far more than a map has parameters. */
  private static final int MAX_PAIRS = 10_000;

  private final ReleaseKey release;
  private final TopicReader topic;
  private final long createdAt;
  private final Set<Long> givenUp;
  private final Supplier<Optional<Release>> pointer;

  /** The last ones that are of another release. */
  private final Map<String, EmbeddingMessage> other = new HashMap<>();

  /** Of the images that this release has not embedded itself. */
  private final Map<String, Said> said = new HashMap<>();

  private final Map<ReleaseKey, List<Pair>> pairs = new HashMap<>();
  private final Set<String> done = new HashSet<>();
  private final Set<String> removed = new HashSet<>();
  private Set<String> takenBack = Set.of();
  private Optional<Release> live = Optional.empty();

  /** What an image's last embedding says beside its vector. */
  private record Said(String label, long window) {}

  /** An image's vectors under an earlier release and under this one. */
  record Pair(EmbeddingMessage earlier, EmbeddingMessage now) {}

  /**
   * Nothing is known until {@link #follow}. The topic stays the caller's.
   *
   * @param createdAt what was written before it is of another model
   * @param published what the registry holds of the release's run: where that was set back to an
   *     older state, later versions may have been given up
   * @param pointer to what is live at the time that it is asked: later versions may have been taken
   *     back
   */
  KnownEmbeddings(
      ReleaseKey release,
      long createdAt,
      List<ModelManifest> published,
      Supplier<Optional<Release>> pointer,
      TopicReader topic) {
    this.release = release;
    this.topic = topic;
    this.createdAt = createdAt;
    this.pointer = pointer;
    this.givenUp =
        published.stream()
            .filter(model -> published.stream().anyMatch(model::isGivenUpBy))
            .map(model -> model.identity().version())
            .collect(Collectors.toSet());
  }

  /** Leaves out images that the images topic has taken back, whatever the job has made of that. */
  void leaveOut(Set<String> ids) {
    takenBack = ids;
  }

  /** Takes up everything that the topic holds by now. */
  void follow() {
    topic.forEachToEnd(
        TIMEOUT,
        message -> {
          take(message);
          return true;
        });
    // Not before: what is released meanwhile is no longer made anew.
    live = pointer.get();
  }

  private void take(ConsumerRecord<byte[], byte[]> message) {
    if (message.key() == null) {
      return;
    }
    String id = new String(message.key(), UTF_8);
    EmbeddingMessage before = other.remove(id);
    done.remove(id);
    said.remove(id);
    removed.remove(id);
    if (message.value() == null) {
      removed.add(id);
      return;
    }
    EmbeddingMessage embedding;
    try {
      embedding = EmbeddingMessage.fromJson(message.value());
    } catch (MalformedMessageException e) {
      // Somebody else's: made anew where its image is known.
      return;
    }
    if (!release.equals(keyOf(embedding)) || message.timestamp() < createdAt) {
      other.put(id, embedding);
      said.put(id, new Said(embedding.label(), embedding.window()));
    } else if (embedding.mapped()) {
      said.put(id, new Said(embedding.label(), embedding.window()));
    } else {
      done.add(id);
      if (before != null && keyOf(before) != null) {
        List<Pair> known = pairs.computeIfAbsent(keyOf(before), key -> new ArrayList<>());
        if (known.size() < MAX_PAIRS) {
          known.add(new Pair(before, embedding));
        }
      }
    }
  }

  private boolean isNewer(EmbeddingMessage embedding) {
    return release.run().equals(embedding.run())
        && embedding.release() != null
        && embedding.release() > release.release()
        && !givenUp.contains(embedding.release())
        && live.filter(this::isOfTheRun).map(now -> !isTakenBack(embedding, now)).orElse(true);
  }

  private boolean isOfTheRun(Release now) {
    return now.identity().run().equals(release.run());
  }

  /** By a command, which moves the pointer to an earlier version than the newest of its time. */
  private static boolean isTakenBack(EmbeddingMessage embedding, Release now) {
    return (embedding.release() > now.identity().version() && embedding.release() <= now.asOf())
        || now.decision().quarantined().contains(embedding.release());
  }

  /** What an embedding compares with, or null where it does not say. */
  static ReleaseKey keyOf(EmbeddingMessage embedding) {
    return embedding.run() == null || embedding.release() == null
        ? null
        : new ReleaseKey(embedding.run(), embedding.release());
  }

  /** Whether an image is to be embedded: it is neither done, nor newer, nor removed. */
  boolean lacks(String id) {
    EmbeddingMessage known = other.get(id);
    return !done.contains(id)
        && !removed.contains(id)
        && !takenBack.contains(id)
        && (known == null || !isNewer(known));
  }

  /**
   * What the job last said that an image shows, which may have come after the image: null where a
   * label was withdrawn.
   *
   * @param otherwise where it has said nothing
   */
  String labelOf(String id, String otherwise) {
    Said last = said.get(id);
    return last == null ? otherwise : last.label();
  }

  /** The window that an image came in, or −1. */
  long windowOf(String id) {
    Said last = said.get(id);
    return last == null ? -1 : last.window();
  }

  /** The embeddings of other releases, but for newer ones, that nothing has replaced yet. */
  Map<ReleaseKey, List<EmbeddingMessage>> left() {
    Map<ReleaseKey, List<EmbeddingMessage>> left = new HashMap<>();
    for (EmbeddingMessage embedding : other.values()) {
      ReleaseKey key = keyOf(embedding);
      if (key != null && !takenBack.contains(embedding.id()) && !isNewer(embedding)) {
        left.computeIfAbsent(key, absent -> new ArrayList<>()).add(embedding);
      }
    }
    return left;
  }

  /** How many embeddings are of programs that had no releases, and cannot be mapped. */
  long ofNoRelease() {
    return other.values().stream().filter(embedding -> keyOf(embedding) == null).count();
  }

  /** Images that have a vector under an earlier release and one under this. */
  Collection<Pair> pairs(ReleaseKey earlierRelease) {
    return pairs.getOrDefault(earlierRelease, List.of());
  }
}
