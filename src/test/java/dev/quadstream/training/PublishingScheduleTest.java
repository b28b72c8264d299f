package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quadstream.training.PublishingSchedule.Change;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PublishingScheduleTest {

  @Test
  void aWindowIsMinedWithTheLastPublishedVersionAtLeastTheStalenessBehindIt() {
    PublishingSchedule everyFour = PublishingSchedule.every(4);
    assertThat(LongStream.range(0, 14).map(window -> everyFour.versionFor(window, 2)))
        .containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 4L, 4L, 4L, 4L, 8L, 8L, 8L, 8L);
    PublishingSchedule everyOne = PublishingSchedule.every(1);
    assertThat(LongStream.range(0, 4).map(window -> everyOne.versionFor(window, 0)))
        .containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void windowNumbersBeyondAnIntegerAreNoLimit() {
    assertThat(PublishingSchedule.every(8).versionFor(10_000_000_005L, 4))
        .isEqualTo(10_000_000_000L);
  }

  @Test
  void aChangedIntervalHoldsFromItsVersionOn() {
    PublishingSchedule schedule =
        PublishingSchedule.every(4).changedTo(3, 10).changedTo(100, 19).changedTo(2, 22);

    assertThat(LongStream.rangeClosed(1, 28).filter(schedule::publishes))
        .containsExactly(4L, 8L, 12L, 15L, 18L, 22L, 24L, 26L, 28L);
    assertThat(LongStream.of(9, 10, 11, 12, 19, 21, 22).map(w -> schedule.versionFor(w, 0)))
        .containsExactly(8L, 8L, 8L, 12L, 18L, 18L, 22L);
    assertThat(schedule.interval()).isEqualTo(2);
  }

  @Test
  void noScheduleAsksForAVersionThatItDoesNotPublishOrThatIsYetToCome() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      PublishingSchedule schedule = PublishingSchedule.every(1 + random.nextInt(9));
      long from = 0;
      for (int change = random.nextInt(5); change > 0; change--) {
        from += 1 + random.nextInt(12);
        schedule = schedule.changedTo(1 + random.nextInt(9), from);
      }
      TreeSet<Long> published = new TreeSet<>();
      published.add(0L);
      int staleness = random.nextInt(6);
      for (long window = 0; window < 100; window++) {
        assertThat(schedule.versionFor(window, staleness))
            .as("seed %d, window %d, %s", seed, window, schedule)
            .isEqualTo(published.floor(Math.max(0, window - staleness)));
        if (schedule.publishes(window + 1)) {
          published.add(window + 1);
        }
      }
    }
  }

  @Test
  void aChangeTakesThePlaceOfThoseThatWereStillToCome() {
    PublishingSchedule schedule = PublishingSchedule.every(4).changedTo(3, 10).changedTo(5, 20);

    assertThat(schedule.changedTo(2, 10)).isEqualTo(PublishingSchedule.every(4).changedTo(2, 10));
  }

  @Test
  void changesOutOfOrderAndAnIntervalBelowOneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PublishingSchedule(
                    List.of(new Change(0, 4), new Change(10, 3), new Change(10, 2))))
        .withMessageContaining("follow one another");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PublishingSchedule.every(0))
        .withMessageContaining("1 or more");
  }
}
