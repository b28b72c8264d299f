package dev.quadstream.serve.state;

import static dev.quadstream.serve.state.TestingAnswers.answer;
import static dev.quadstream.serve.state.TestingAnswers.candidate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.kafka.MatchMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UncertaintySamplingTest {

  @Test
  void unsureAnswersComeFirstAndAmongEqualsThoseNearestToTheThreshold() {
    List<MatchMessage> inOrder =
        List.of(
            answer("nearest", "unsure", 0.7, candidate("cup", 0.69f)),
            answer("near", "unsure", 0.7, candidate("cup", 0.66f)),
            answer("far", "unsure", 0.7, candidate("cup", 0.5f)),
            answer("just known", "known", 0.7, candidate("cup", 0.701f)),
            answer("just new", "new", 0.7, candidate("cup", 0.6f)),
            answer("surely known", "known", 0.7, candidate("cup", 0.99f)));
    List<MatchMessage> shuffled = new ArrayList<>(inOrder);
    Collections.shuffle(shuffled, new Random(3));

    assertThat(shuffled.stream().sorted(UncertaintySampling.FIRST))
        .containsExactlyElementsOf(inOrder);
  }

  @Test
  void withoutAThresholdThoseComeFirstWhoseCandidatesDisagreeMostNarrowly() {
    MatchMessage narrow =
        answer(
            "b",
            "unsure",
            null,
            candidate("cup", 0.9f),
            candidate("cup", 0.895f),
            candidate("mug", 0.89f));
    MatchMessage wide = answer("a", "unsure", null, candidate("cup", 0.9f), candidate("mug", 0.2f));
    MatchMessage agreed =
        answer("c", "unsure", null, candidate("cup", 0.4f), candidate("cup", 0.3f));
    MatchMessage alone = answer("0", "unsure", null);

    MatchMessage unlabelled =
        answer("d", "unsure", null, candidate(null, 0.9f), candidate("cup", 0.6f));

    assertThat(UncertaintySampling.distance(narrow)).isCloseTo(0.01, within(1e-6));
    assertThat(UncertaintySampling.distance(unlabelled)).isCloseTo(0.3, within(1e-6));
    assertThat(List.of(alone, agreed, wide, narrow).stream().sorted(UncertaintySampling.FIRST))
        .containsExactly(narrow, wide, agreed, alone);
  }

  @Test
  void equalAnswersComeInTheOrderOfTheirIds() {
    MatchMessage first = answer("a", "unsure", 0.7, candidate("cup", 0.6f));
    MatchMessage second = answer("b", "unsure", 0.7, candidate("cup", 0.6f));

    assertThat(List.of(second, first).stream().sorted(UncertaintySampling.FIRST))
        .containsExactly(first, second);
  }
}
