package dev.quadstream.serve.search;

import dev.quadstream.search.ReleaseKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The images without a label that wait for an answer, the newest record of each. Thread-safe.
 *
 * <p>Waiting ones are as many as there are images in the topic at most.
 */
final class Questions {

  /**
   * An image that waits.
   *
   * @param id the image's id
   * @param key the release of its embedding; null where the image was deleted, which its answer is
   *     to be, too
   * @param partition of its record
   * @param offset of its record
   */
  record Question(String id, ReleaseKey key, int partition, long offset) {}

  /** Of those that wait in one go: meanwhile no record is taken. */
  private static final int LOOKED_AT = 10_000;

  private final Map<String, Question> waiting = new LinkedHashMap<>();
  private final Map<Integer, Long> next = new HashMap<>();
  private Map<Integer, Long> unanswered = Map.of();

  /** Begins anew: records before these offsets need no answer. */
  synchronized void begin(Map<Integer, Long> firstUnanswered) {
    waiting.clear();
    next.clear();
    unanswered = Map.copyOf(firstUnanswered);
  }

  /** Records before that offset have been taken. */
  synchronized void resumeFrom(int partition, long offset) {
    next.put(partition, offset);
  }

  /** A record that asks, or asks for its answer to go. */
  synchronized void ask(Question question) {
    settle(question.id(), question.partition(), question.offset());
    if (question.offset() >= unanswered.getOrDefault(question.partition(), 0L)) {
      waiting.put(question.id(), question);
    }
  }

  /** A record that says of an image what makes an answer unnecessary. */
  synchronized void settle(String id, int partition, long offset) {
    waiting.remove(id);
    next.merge(partition, offset + 1, Math::max);
  }

  /**
   * The oldest that wait, of those that can be answered; they go on waiting until they are {@link
   * #answered}.
   */
  synchronized List<Question> oldest(int most, Predicate<Question> answerable) {
    return waiting.values().stream().limit(LOOKED_AT).filter(answerable).limit(most).toList();
  }

  /** They need no answer any more, unless they have asked again. */
  synchronized void answered(List<Question> questions) {
    questions.forEach(question -> waiting.remove(question.id(), question));
  }

  /** The first offset of each partition from which on an answer may be missing. */
  synchronized Map<Integer, Long> firstUnanswered() {
    Map<Integer, Long> first = new HashMap<>(next);
    List<Question> all = new ArrayList<>(waiting.values());
    all.forEach(question -> first.merge(question.partition(), question.offset(), Math::min));
    return first;
  }

  /** All that wait, the oldest first. */
  synchronized List<Question> all() {
    return List.copyOf(waiting.values());
  }

  synchronized int size() {
    return waiting.size();
  }
}
