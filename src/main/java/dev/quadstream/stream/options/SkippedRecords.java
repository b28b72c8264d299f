package dev.quadstream.stream.options;

import dev.quadstream.kafka.SourceRecord;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records of the images topic that the operator wants passed over. */
public final class SkippedRecords implements Serializable {

  private static final long serialVersionUID = 2L;

  /** Each becomes a dead letter of its own. */
  private static final long MOST_OF_A_STRETCH = 1_000;

  private static final Pattern PLACE =
      Pattern.compile("([0-9]{1,9})@([0-9]{1,18})(?:-([0-9]{1,18}))?");

  /** By their first offset. */
  private final List<Stretch> stretches;

  /**
   * Records that follow each other.
   *
   * @param first offset
   * @param last offset, which is one of them
   */
  public record Stretch(int partition, long first, long last) implements Serializable {}

  private SkippedRecords(List<Stretch> stretches) {
    this.stretches = stretches;
  }

  /**
   * Reads places written as {@code partition@offset,partition@first-last}.
   *
   * @param places may be empty
   * @throws IllegalArgumentException naming one that is not
   */
  public static SkippedRecords of(String places) {
    List<Stretch> read = new ArrayList<>();
    for (String place : places.isBlank() ? new String[0] : places.split(",", -1)) {
      read.add(stretch(place.strip(), places));
    }
    read.sort(Comparator.comparingLong(Stretch::first));
    return new SkippedRecords(read);
  }

  private static Stretch stretch(String place, String places) {
    Matcher matcher = PLACE.matcher(place);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' names no records; expected is partition@offset or partition@first-last, such as 0@1234 or 0@1234-1240,3@77."
              .formatted(places));
    }
    long first = Long.parseLong(matcher.group(2));
    long last = matcher.group(3) == null ? first : Long.parseLong(matcher.group(3));
    if (last < first || last - first >= MOST_OF_A_STRETCH) {
      throw new IllegalArgumentException(
          "'%s' names no records, or more than %d at one go.".formatted(place, MOST_OF_A_STRETCH));
    }
    return new Stretch(Integer.parseInt(matcher.group(1)), first, last);
  }

  /** Whether none is named. */
  public boolean isEmpty() {
    return stretches.isEmpty();
  }

  /** Whether the record is one of them. */
  public boolean contains(SourceRecord source) {
    return stretches.stream()
        .anyMatch(
            stretch ->
                stretch.partition() == source.partition()
                    && stretch.first() <= source.offset()
                    && source.offset() <= stretch.last());
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
