package dev.quadstream.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.MatchMessage.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoQuestionsTest {

  private static final int IMAGES = 20_000;

  @Test
  void theShareIsAskedAndWhichIsAFunctionOfTheSeed() {
    Set<String> asked = asked(0.3, 5);

    assertThat((double) asked.size() / IMAGES).isCloseTo(0.3, within(0.02));
    assertThat(asked(0.3, 5)).isEqualTo(asked);
    Set<String> both = asked(0.3, 6);
    both.retainAll(asked);
    assertThat((double) both.size() / IMAGES).as("of another seed").isCloseTo(0.09, within(0.02));
    assertThat(asked(0, 5)).isEmpty();
  }

  @Test
  void answersAreComparedWithWhatTheImagesShow() {
    DemoQuestions questions = new DemoQuestions(0.5, 5);
    List<String> labelled = ids(questions, "cup", 400, false);
    List<String> asked = ids(questions, "cup", 400, true);
    List<String> unknown = new ArrayList<>();
    for (int i = 0; unknown.isEmpty(); i++) {
      unknown.addAll(ids(questions, "mug " + i, 1, true));
    }
    assertThat(labelled).isNotEmpty();
    int before = questions.open();

    questions.answered(answer(asked.get(0), "known", "cup"));
    questions.answered(answer(asked.get(1), "known", "mug"));
    questions.answered(answer(asked.get(2), "new", "cup"));
    questions.answered(answer(asked.get(3), "unsure", "cup"));
    questions.answered(answer(asked.get(4), "unsure", "cup"));
    questions.answered(answer(asked.get(4), "known", "cup"));
    questions.answered(answer(unknown.get(0), "new", "cup"));
    questions.answered(answer("of another stream", "known", "cup"));

    assertThat(before - questions.open()).isEqualTo(6);
    assertThat(questions.summary())
        .isEqualTo(new DemoSummary.Questions(before, 2, 1, 1, 1, 1, before - 6, 4.0 / 6));
  }

  @Test
  void withoutQuestionsThereIsNothingToSay() {
    assertThat(new DemoQuestions(0, 5).summary()).isNull();
  }

  private static Set<String> asked(double share, long seed) {
    return new HashSet<>(ids(new DemoQuestions(share, seed), "cup", IMAGES, true));
  }

  /** Sends images of a class; those that were asked, or those that were labelled. */
  private static List<String> ids(DemoQuestions questions, String label, int count, boolean asked) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EncodedImage image = new EncodedImage(label + "/" + i, label, "image/png", new byte[1]);
      if ((questions.labelOf(image) == null) == asked) {
        ids.add(image.id());
      }
    }
    return ids;
  }

  private static MatchMessage answer(String id, String verdict, String nearest) {
    return new MatchMessage(
        id,
        verdict,
        verdict.equals("known") ? nearest : null,
        List.of(new Candidate(nearest + "-1", nearest, 0.9f, null)),
        0.8,
        0.1,
        "run-1",
        32,
        10);
  }
}
