package dev.quadstream.cli.demo;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.kafka.MatchMessage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The images that a demo streams without a label, and how their answers compare with what they
 * show. Which ones is a function of the seed and their ids, so that an image that comes again is a
 * question again. Thread-safe.
 */
final class DemoQuestions {

  private final double share;
  private final long seed;
  private final Map<String, Asked> asked = new HashMap<>();
  private final Map<String, MatchMessage> answers = new HashMap<>();
  private final Set<String> labels = new HashSet<>();

  /**
   * An image without a label.
   *
   * @param label what it shows
   * @param known whether an image of that class had been sent with its label before
   */
  private record Asked(String label, boolean known) {}

  /**
   * Nothing has been asked yet.
   *
   * @param share of the images, 0 for none, below 1
   */
  DemoQuestions(double share, long seed) {
    this.share = share;
    this.seed = seed;
  }

  /** The label to send an image with, or null to ask for it. */
  synchronized String labelOf(EncodedImage image) {
    if (new SplittableRandom(31 * seed + image.id().hashCode()).nextDouble() >= share) {
      labels.add(image.label());
      return image.label();
    }
    asked.putIfAbsent(image.id(), new Asked(image.label(), labels.contains(image.label())));
    return null;
  }

  /** Takes an answer, in place of an earlier one to the same question. */
  synchronized void answered(MatchMessage answer) {
    if (asked.containsKey(answer.id())) {
      answers.put(answer.id(), answer);
    }
  }

  /** How many have no answer yet. */
  synchronized int open() {
    return asked.size() - answers.size();
  }

  /** What it came to, or null where nothing was asked. */
  synchronized DemoSummary.Questions summary() {
    if (asked.isEmpty()) {
      return null;
    }
    Map<Outcome, Integer> counts = new HashMap<>();
    answers.forEach(
        (id, answer) -> counts.merge(Outcome.of(answer, asked.get(id)), 1, Integer::sum));
    long nearest =
        answers.values().stream()
            .filter(answer -> !answer.candidates().isEmpty())
            .filter(
                answer -> answer.candidates().get(0).label().equals(asked.get(answer.id()).label()))
            .count();
    return new DemoSummary.Questions(
        asked.size(),
        counts.getOrDefault(Outcome.RIGHT, 0),
        counts.getOrDefault(Outcome.WRONG, 0),
        counts.getOrDefault(Outcome.NEW, 0),
        counts.getOrDefault(Outcome.NEW_THOUGH_KNOWN, 0),
        counts.getOrDefault(Outcome.UNSURE, 0),
        open(),
        (double) nearest / Math.max(1, answers.size()));
  }

  private enum Outcome {
    RIGHT,
    WRONG,
    NEW,
    NEW_THOUGH_KNOWN,
    UNSURE;

    static Outcome of(MatchMessage answer, Asked asked) {
      return switch (answer.verdict()) {
        case "known" -> answer.label().equals(asked.label()) ? RIGHT : WRONG;
        case "new" -> asked.known() ? NEW_THOUGH_KNOWN : NEW;
        default -> UNSURE;
      };
    }
  }
}
