package dev.quadstream.serve.state;

import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.MatchMessage.Candidate;
import java.util.List;

/** Answers to images without a label. */
final class TestingAnswers {

  static final String RUN = "run-1";

  private TestingAnswers() {}

  static MatchMessage answer(String id, String verdict, Double threshold, Candidate... candidates) {
    return ofRun(RUN, id, verdict, threshold, candidates);
  }

  static MatchMessage ofRun(
      String run, String id, String verdict, Double threshold, Candidate... candidates) {
    return new MatchMessage(
        id,
        verdict,
        verdict.equals("known") ? candidates[0].label() : null,
        List.of(candidates),
        threshold,
        0.01,
        run,
        16,
        100);
  }

  static Candidate candidate(String label, float similarity) {
    return new Candidate(label + "-1", label, similarity, 0.5f);
  }
}
