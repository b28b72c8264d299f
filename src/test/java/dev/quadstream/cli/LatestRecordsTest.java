package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.SourceRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatestRecordsTest {

  private static final String IMAGE = "GIF89a";

  private final LatestRecords latest =
      new LatestRecords(
          new ImageRecordParser(
              1_000, new CaptureTime(Duration.ofDays(1)), ImageRecordParser.Unlabelled.DEAD_LETTER),
          "labels");

  @ParameterizedTest
  @CsvSource({
    "0, 4, 90, false, an earlier one of its partition though its time is later",
    "0, 5, 50, false, itself",
    "0, 6, 10, true, a later one of its partition though its time is earlier",
    "1, 9, 49, false, one of another partition and of an earlier time",
    "1, 1, 51, true, one of another partition and of a later time"
  })
  void whatCameAfterARecordReplacesIt(
      int partition, long offset, long time, boolean replaced, String which) {
    SourceRecord letter = record("images", 0, 5, 50, "cup-1", IMAGE);
    latest.ask(letter);
    latest.add(record("images", partition, offset, time, "cup-1", null));

    assertThat(latest.isReplaced(letter)).as(which).isEqualTo(replaced);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "camera-1 | {\"id\": \"a\", \"image\": \"R0lG\"} | camera-2 | {\"id\": \"a\", \"image\": \"R0lG\"}",
        "camera-1 | {\"ID\": \"a\", \"image\": 7} | a | ",
        "a | {\"id\": | a | ",
        "a | GIF89a | k | {\"id\": \"a\", \"__deleted\": \"true\"}",
        "k | {\"op\": \"c\", \"after\": {\"id\": 7, \"image\": \"R0lG\"}} | k | {\"op\": \"d\", \"before\": {\"id\": 7}}",
        " | GIF89a | images-0-5 | "
      })
  void theIdIsThatOfTheImageAlsoWhereTheRecordIsOfNoUse(
      String key, String value, String laterKey, String laterValue) {
    SourceRecord letter = record("images", 0, 5, 50, key, value);
    latest.ask(letter);
    assertThat(latest.isReplaced(letter)).isFalse();

    latest.add(record("images", 0, 6, 60, laterKey, laterValue));

    assertThat(latest.isReplaced(letter)).isTrue();
  }

  @Test
  void anImageAndItsLabelAreTwoThings() {
    SourceRecord image = record("images", 0, 5, 50, "a", IMAGE);
    SourceRecord label = record("labels", 0, 5, 50, "a", "cup");
    latest.ask(image);
    latest.ask(label);

    latest.add(record("labels", 0, 6, 60, "a", "{\"id\": \"b\", \"label\": \"mug\"}"));
    latest.add(record("images", 0, 6, 60, "b", IMAGE));

    assertThat(latest.isReplaced(image)).isFalse();
    assertThat(latest.isReplaced(label)).isTrue();
  }

  @Test
  void ofTwoThatWereAskedAboutTheLaterReplacesTheOther() {
    SourceRecord first = record("images", 0, 5, 50, "a", IMAGE);
    SourceRecord second = record("images", 0, 6, 60, "a", IMAGE);
    latest.ask(second);
    latest.ask(first);

    assertThat(latest.isReplaced(first)).isTrue();
    assertThat(latest.isReplaced(second)).isFalse();
  }

  private static SourceRecord record(
      String topic, int partition, long offset, long time, String key, String value) {
    return new SourceRecord(topic, partition, offset, time, bytes(key), bytes(value), List.of());
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }
}
