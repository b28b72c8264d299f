package dev.quadstream.stream.options;

import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.RejectionReason;
import dev.quadstream.kafka.SourceRecord;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records of a topic that the job reads, which the operator wants passed over. */
public final class SkippedRecords implements Serializable {

  private static final long serialVersionUID = 3L;

  /** Each becomes a dead letter of its own, or a line in the log. */
  private static final long MAX_OF_A_STRETCH = 1_000;

  private static final Pattern PLACE =
      Pattern.compile(
          "(?:(images|labels|models|releases)/)?([0-9]{1,9})@([0-9]{1,18})(?:-([0-9]{1,18}))?");

  private static final RejectedRecord REJECTION =
      new RejectedRecord(
          RejectionReason.SKIPPED,
          "The option %s names this record.".formatted(KafkaConfig.SKIP.key()));

  private final InputTopic topic;

  /** By their first offset. */
  private final List<Stretch> stretches;

  /** The topics that the job reads. */
  public enum InputTopic {
    IMAGES,
    LABELS,
    MODELS,
    RELEASES;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Records that follow each other.
   *
   * @param first offset
   * @param last offset, which is one of them
   */
  public record Stretch(int partition, long first, long last) implements Serializable {}

  private SkippedRecords(InputTopic topic, List<Stretch> stretches) {
    this.topic = topic;
    this.stretches = stretches;
  }

  /**
   * Reads places written as {@code topic/partition@offset,topic/partition@first-last}, where the
   * topic of images may be left out.
   *
   * @param places may be empty; those of other topics are read and left out
   * @throws IllegalArgumentException naming one that is not
   */
  public static SkippedRecords of(InputTopic topic, String places) {
    List<Stretch> read = new ArrayList<>();
    for (String each : places.isBlank() ? new String[0] : places.split(",", -1)) {
      String place = each.strip();
      Matcher matcher = PLACE.matcher(place);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "'%s' names no records; expected is partition@offset or partition@first-last, such as 0@1234 or 0@1234-1240,3@77, with labels/, models/ or releases/ before it where they are not images."
                .formatted(places));
      }
      Stretch stretch = stretch(place, matcher);
      String named = matcher.group(1) == null ? InputTopic.IMAGES.text() : matcher.group(1);
      if (named.equals(topic.text())) {
        read.add(stretch);
      }
    }
    read.sort(Comparator.comparingLong(Stretch::first));
    return new SkippedRecords(topic, read);
  }

  private static Stretch stretch(String place, Matcher matcher) {
    long first = Long.parseLong(matcher.group(3));
    long last = matcher.group(4) == null ? first : Long.parseLong(matcher.group(4));
    if (last < first || last - first >= MAX_OF_A_STRETCH) {
      throw new IllegalArgumentException(
          "'%s' names no records, or more than %d at one go.".formatted(place, MAX_OF_A_STRETCH));
    }
    return new Stretch(Integer.parseInt(matcher.group(2)), first, last);
  }

  /** Whether none is named. */
  public boolean isEmpty() {
    return stretches.isEmpty();
  }

  /** How records of this topic are written in the option. */
  public String text(Stretch records) {
    String place = records.partition() + "@" + records.first();
    if (records.last() > records.first()) {
      place += "-" + records.last();
    }
    return topic == InputTopic.IMAGES ? place : topic.text() + "/" + place;
  }

  /** Why the record becomes a dead letter, where it is one of them. */
  public Optional<RejectedRecord> rejection(SourceRecord source) {
    return next(source.partition(), source.offset(), source.offset() + 1).map(stretch -> REJECTION);
  }

  /**
   * The next of them in a partition, or none.
   *
   * @param from the first offset that counts
   * @param end the first that does not any more
   */
  public Optional<Stretch> next(int partition, long from, long end) {
    return stretches.stream()
        .filter(stretch -> stretch.partition() == partition)
        .map(
            stretch ->
                new Stretch(
                    partition, Math.max(stretch.first(), from), Math.min(stretch.last(), end - 1)))
        .filter(stretch -> stretch.first() <= stretch.last())
        .findFirst();
  }
}
