package dev.quadstream.serve.state;

import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.registry.ModelManifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The answers to images without a label, the least sure of them for people to look at, and what has
 * become of the labels that people gave on the page. Bounded. Thread-safe.
 */
public final class Feedback {

  private static final int MAX_LABELLED = 20_000;

  /** More than are shown, so that the next one is there at once. */
  private static final int OFFERED = 24;

  private static final int GIVEN = 6;

  /**
   * A label that was given on the page.
   *
   * @param id the image's id
   * @param label what it was said to show
   * @param givenAt when, in milliseconds since the epoch
   * @param window the window that the image came in with that label; null before
   * @param version the first published model that was trained on it; null before
   * @param learnedAt when that was published; null before
   */
  record Given(String id, String label, long givenAt, Long window, Long version, Long learnedAt) {}

  private final int maxAnswers;
  private final Map<String, MatchMessage> answers = new LinkedHashMap<>();
  private final Set<String> labelled = new LinkedHashSet<>();
  private final Map<String, Given> given = new LinkedHashMap<>();
  private final Revisions revisions = new Revisions(Section.FEEDBACK);
  private List<MatchMessage> offered = List.of();
  private long open;
  private String run;
  private long newestAt = Long.MIN_VALUE;
  private String problem;

  /**
   * Nothing is known yet.
   *
   * @param maxAnswers among how many of the last answers the least sure are chosen, 1 or more
   */
  public Feedback(int maxAnswers) {
    this.maxAnswers = maxAnswers;
  }

  /**
   * Takes an answer, in place of an earlier one; those of an earlier run than the one that was
   * answered last make no questions. Partitions are read one after another.
   */
  public synchronized void answered(MatchMessage answer, long writtenAt) {
    if (!Objects.equals(run, answer.run())) {
      if (writtenAt < newestAt) {
        return;
      }
      run = answer.run();
      answers.clear();
    }
    newestAt = Math.max(newestAt, writtenAt);
    answers.remove(answer.id());
    answers.put(answer.id(), answer);
    limit(answers.keySet(), maxAnswers);
  }

  /** The image is gone, and its answer with it. */
  public synchronized void removed(String id) {
    answers.remove(id);
    offerNoMore(id);
  }

  /** Someone has said what an image shows, or has withdrawn that. */
  public synchronized void labelled(LabelReceived label) {
    labelled.remove(label.id());
    if (label.label() != null) {
      labelled.add(label.id());
      limit(labelled, MAX_LABELLED);
      offerNoMore(label.id());
    }
  }

  /** A person has said so on the page; to be called once it is written. */
  public synchronized void given(LabelReceived label, long now) {
    labelled(label);
    given.remove(label.id());
    if (label.label() != null) {
      given.put(label.id(), new Given(label.id(), label.label(), now, null, null, null));
      limit(given.keySet(), GIVEN);
    }
    revisions.changed(Section.FEEDBACK);
  }

  /** Whether it means anything here that the job has embedded an image. */
  public synchronized boolean waitsFor(String id) {
    return answers.containsKey(id) || given.containsKey(id);
  }

  /** The job has embedded an image: one with a label has come in a window, and is no question. */
  public synchronized void embedded(EmbeddingMessage embedding) {
    if (embedding.label() == null) {
      return;
    }
    answers.remove(embedding.id());
    given.computeIfPresent(
        embedding.id(),
        (id, label) ->
            label.window() == null && label.label().equals(embedding.label())
                ? new Given(id, label.label(), label.givenAt(), embedding.window(), null, null)
                : label);
  }

  /** A model was published, which has seen the windows before its version. */
  public synchronized void published(ModelManifest manifest, long now) {
    long version = manifest.identity().version();
    given.replaceAll(
        (id, label) -> {
          if (label.window() == null || label.version() != null || version <= label.window()) {
            return label;
          }
          revisions.changed(Section.FEEDBACK);
          return new Given(id, label.label(), label.givenAt(), label.window(), version, now);
        });
  }

  /** Why answers and labels cannot be read, or null once they can. */
  public synchronized void problem(String text) {
    if (!Objects.equals(text, problem)) {
      problem = text;
      revisions.changed(Section.FEEDBACK);
    }
  }

  /**
   * Chooses anew what is offered. Call it now and then.
   *
   * @param atHand whether the picture of an image can be shown
   */
  public void choose(Predicate<String> atHand) {
    List<MatchMessage> unlabelled = unlabelled();
    List<MatchMessage> least =
        unlabelled.stream()
            .sorted(UncertaintySampling.FIRST)
            .filter(answer -> atHand.test(answer.id()))
            .limit(OFFERED)
            .toList();
    offer(least, unlabelled.size());
  }

  private synchronized List<MatchMessage> unlabelled() {
    return answers.values().stream().filter(answer -> !labelled.contains(answer.id())).toList();
  }

  private synchronized void offer(List<MatchMessage> least, long size) {
    // Labels that came meanwhile count.
    List<MatchMessage> still =
        least.stream().filter(answer -> !labelled.contains(answer.id())).toList();
    if (!still.equals(offered) || size != open) {
      offered = still;
      open = size;
      revisions.changed(Section.FEEDBACK);
    }
  }

  private void offerNoMore(String id) {
    List<MatchMessage> others = offered.stream().filter(answer -> !answer.id().equals(id)).toList();
    if (others.size() < offered.size()) {
      offered = others;
      revisions.changed(Section.FEEDBACK);
    }
  }

  private static void limit(Set<String> ids, int most) {
    if (ids.size() > most) {
      Iterator<String> oldest = ids.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  public synchronized long revision() {
    return revisions.of(Section.FEEDBACK);
  }

  /** What is offered, the least sure first; the labels that were given last, newest first. */
  public synchronized Map<String, Object> message() {
    List<Given> newestFirst = new ArrayList<>(given.values());
    Collections.reverse(newestFirst);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("problem", problem);
    message.put("open", open);
    message.put("questions", offered);
    message.put("given", newestFirst);
    return message;
  }
}
