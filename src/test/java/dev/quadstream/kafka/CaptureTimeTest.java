package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureTimeTest {

  private static final long NOW = Instant.parse("2026-11-28T18:00:00Z").toEpochMilli();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long NONE = -1;

  private final CaptureTime judge =
      new CaptureTime(Duration.ofHours(1), InstantSource.fixed(Instant.ofEpochMilli(NOW)));

  @Test
  void theHeaderCountsAndWithoutOneTheRecordsOwnTime() throws Exception {
    assertThat(judge.of(record(NOW, Long.toString(NOW - DAY)))).isEqualTo(NOW - DAY);
    assertThat(judge.of(record(NOW, null))).isEqualTo(NOW);
    assertThat(judge.of(record(NONE, null))).isEqualTo(NONE);
  }

  @Test
  void aTimeMayBeAsFarAheadOfRecordAndClockAsIsAllowed() throws Exception {
    assertThat(judge.of(record(NOW, Long.toString(NOW + HOUR)))).isEqualTo(NOW + HOUR);
    assertRejected(record(NOW, Long.toString(NOW + HOUR + 1)), "captured-at-in-future", "2026");
    assertThat(judge.of(record(NOW + HOUR, null))).isEqualTo(NOW + HOUR);
    assertRejected(record(NOW + HOUR + 1, null), "captured-at-in-future", "own time");
  }

  /** In a replay a time of yesterday is the future of all images of last year. */
  @Test
  void inAReplayTheTimeOfTheRecordIsWhatAnImageMayNotBeAheadOf() throws Exception {
    long then = NOW - 365 * DAY;
    assertThat(judge.of(record(then, Long.toString(then + HOUR)))).isEqualTo(then + HOUR);
    assertRejected(record(then, Long.toString(NOW - DAY)), "captured-at-in-future", "2025");
  }

  @Test
  void aRecordWithoutATimeThatKafkaCouldHaveGivenItSaysNothing() throws Exception {
    for (long own : new long[] {NONE, 0, 1_234, NOW / 1_000}) {
      assertThat(judge.of(record(own, Long.toString(NOW)))).isEqualTo(NOW);
      assertRejected(record(own, Long.toString(NOW + DAY)), "captured-at-in-future", "read at");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-2, -1_700_000_000_000L, Long.MIN_VALUE})
  void aRecordsTimeBelowNoneIsNone(long own) throws Exception {
    assertThat(judge.of(record(own, null))).isEqualTo(NONE);
    assertThat(judge.of(record(own, Long.toString(NOW)))).isEqualTo(NOW);
  }

  @Test
  void aRecordFromTheFutureDoesNotExcuseItsHeader() {
    assertRejected(
        record(NOW + 2 * DAY, Long.toString(NOW + 2 * DAY)), "captured-at-in-future", "read at");
  }

  @Test
  void secondsAreNamedWithWhatWasMeant() {
    assertRejected(
        record(NOW, Long.toString(NOW / 1_000)),
        "captured-at-in-seconds",
        Long.toString(NOW),
        "2026-11-28T18:00:00Z",
        "1970-01-21");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 77, 999_999_999, 2_000_000_000, 99_999_999_999L})
  void otherTimesNearTheEpochAreTimes(long time) throws Exception {
    assertThat(judge.of(record(NOW, Long.toString(time)))).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource({
    "1795888800000000, microseconds",
    "1795888800000000000, nanoseconds",
    "1795888800.123, seconds",
    "2026-11-28T18:00:00Z, date"
  })
  void otherUnitsAreNamed(String text, String unit) {
    assertRejected(record(NOW, text), "malformed-captured-at", text, unit);
  }

  private void assertRejected(SourceRecord source, String code, String... said) {
    assertThatExceptionOfType(RejectedRecordException.class)
        .isThrownBy(() -> judge.of(source))
        .satisfies(
            rejected -> {
              assertThat(rejected.toRecord().reason().code()).isEqualTo(code);
              assertThat(rejected.getMessage()).contains(said);
            });
  }

  private static SourceRecord record(long timestamp, String capturedAt) {
    List<Header> headers =
        capturedAt == null
            ? List.of()
            : List.of(new RecordHeader("captured-at", capturedAt.getBytes(UTF_8)));
    return new SourceRecord("images", 0, 7, timestamp, null, new byte[1], headers);
  }
}
