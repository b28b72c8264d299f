package dev.quadstream.serve.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.search.Questions.Question;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuestionsTest {

  private static final ReleaseKey KEY = new ReleaseKey("run", 1);

  private final Questions questions = new Questions();

  @Test
  void theFirstUnansweredOffsetIsThatOfTheOldestThatWaits() {
    questions.begin(Map.of());
    questions.settle("labelled", 0, 0);
    Question first = ask("a", 0, 1);
    ask("b", 1, 0);
    ask("c", 0, 2);

    assertThat(questions.firstUnanswered()).isEqualTo(Map.of(0, 1L, 1, 0L));
    questions.answered(List.of(first));
    assertThat(questions.firstUnanswered()).isEqualTo(Map.of(0, 2L, 1, 0L));
    questions.answered(questions.oldest(10, question -> true));
    assertThat(questions.firstUnanswered()).isEqualTo(Map.of(0, 3L, 1, 1L));
    assertThat(questions.size()).isZero();
  }

  @Test
  void whatWasAnsweredBeforeTheStartIsNotAskedAgain() {
    questions.begin(Map.of(0, 5L));
    ask("before", 0, 4);
    Question after = ask("after", 0, 5);
    Question elsewhere = ask("elsewhere", 1, 0);

    assertThat(questions.oldest(10, question -> true)).containsExactly(after, elsewhere);
    assertThat(questions.oldest(1, question -> true)).containsExactly(after);
  }

  @Test
  void whatCannotBeAnsweredYetKeepsNothingElseWaiting() {
    questions.begin(Map.of());
    Question first = ask("a", 0, 0);
    Question second = ask("b", 0, 1);

    assertThat(questions.oldest(1, question -> question != first)).containsExactly(second);
    questions.answered(List.of(second));
    assertThat(questions.firstUnanswered()).isEqualTo(Map.of(0, 0L));
  }

  @Test
  void whoAsksAgainWhileItIsAnsweredIsAnsweredAgain() {
    questions.begin(Map.of());
    List<Question> taken = List.of(ask("a", 0, 0));
    Question again = ask("a", 0, 1);

    questions.answered(taken);

    assertThat(questions.oldest(10, question -> true)).containsExactly(again);
  }

  @Test
  void aLabelSettlesAQuestion() {
    questions.begin(Map.of());
    ask("a", 0, 0);

    questions.settle("a", 0, 1);

    assertThat(questions.oldest(10, question -> true)).isEmpty();
    assertThat(questions.firstUnanswered()).isEqualTo(Map.of(0, 2L));
  }

  private Question ask(String id, int partition, long offset) {
    Question question = new Question(id, KEY, partition, offset);
    questions.ask(question);
    return question;
  }
}
