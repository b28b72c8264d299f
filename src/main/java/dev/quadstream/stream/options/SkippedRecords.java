package dev.quadstream.stream.options;

import dev.quadstream.kafka.SourceRecord;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records of the images topic that the operator wants passed over. */
public final class SkippedRecords implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final Pattern PLACE = Pattern.compile("([0-9]{1,9})@([0-9]{1,18})");

  private final Set<String> places;

  private SkippedRecords(Set<String> places) {
    this.places = places;
  }

  /**
   * Reads places written as {@code partition@offset,partition@offset}.
   *
   * @param places may be empty
   * @throws IllegalArgumentException naming one that is not
   */
  public static SkippedRecords of(String places) {
    Set<String> read = new HashSet<>();
    for (String place : places.isBlank() ? new String[0] : places.split(",", -1)) {
      Matcher matcher = PLACE.matcher(place.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "'%s' names no records; expected is partition@offset, such as 0@1234 or 0@1234,3@77."
                .formatted(places));
      }
      read.add(place(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2))));
    }
    return new SkippedRecords(read);
  }

  /** Whether the record is one of them. */
  public boolean contains(SourceRecord source) {
    return !places.isEmpty() && places.contains(place(source.partition(), source.offset()));
  }

  private static String place(int partition, long offset) {
    return partition + "@" + offset;
  }
}
