package dev.quadstream.serve.state;

import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.MatchMessage.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Which answers a label is worth most to: uncertainty sampling (Lewis and Gale, 1994), by the
 * distance from what decides.
 */
final class UncertaintySampling {

  /** Unsure answers first, then those of the least {@link #distance}, then by id. */
  static final Comparator<MatchMessage> FIRST =
      Comparator.comparing((MatchMessage answer) -> !answer.verdict().equals("unsure"))
          .thenComparingDouble(UncertaintySampling::distance)
          .thenComparing(MatchMessage::id);

  private UncertaintySampling() {}

  /**
   * How far an answer is from another one: of the best candidate from the threshold, or, where
   * there is none yet, from the best of another class. 0 or more; infinite without candidates to
   * choose from.
   */
  static double distance(MatchMessage answer) {
    List<Candidate> candidates = answer.candidates();
    if (candidates.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    Candidate best = candidates.get(0);
    if (answer.threshold() != null) {
      return Math.abs(best.similarity() - answer.threshold());
    }
    return candidates.stream()
        .filter(candidate -> !Objects.equals(candidate.label(), best.label()))
        .findFirst()
        .map(other -> (double) best.similarity() - other.similarity())
        // All candidates agree.
        .orElse(2.0);
  }
}
