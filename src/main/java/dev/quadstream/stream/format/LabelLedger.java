package dev.quadstream.stream.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What has become of the records of the labels topic since the run began. Immutable.
 *
 * @param read records
 * @param places how many of them are in each {@link Place}, in its order
 */
public record LabelLedger(long read, List<Long> places) {

  /** Where a record has come to, or leaves from; written in this order. */
  public enum Place {
    /** Says nothing. */
    DEAD_LETTERS,
    /** Withdraws a label. */
    WITHDRAWN,
    /** Met its image, which had come without a label. */
    MET,
    /** Gave such an image another label since. */
    CORRECTIONS,
    /** Said nothing new, or was overtaken by another or by the removal of its image. */
    SUPERSEDED,
    /** Waited for longer than it may. */
    EXPIRED,
    /** Had waited for longest when more came than may wait. */
    PUSHED_OUT,
    /** Waits for its image. */
    WAITING
  }

  /** Before the first record. */
  public static final LabelLedger EMPTY =
      new LabelLedger(0, Collections.nCopies(Place.values().length, 0L));

  public LabelLedger {
    places = List.copyOf(places);
  }

  /** Records that are in a place. */
  public long in(Place place) {
    return places.get(place.ordinal());
  }

  /** With a record that was read and has come to a place. */
  public LabelLedger read(Place to) {
    return new LabelLedger(read + 1, places).plus(to, 1);
  }

  /** With a record that waited and has come to a place. */
  public LabelLedger waited(Place to) {
    return plus(Place.WAITING, -1).plus(to, 1);
  }

  /** Records that are in no place: 0, or something has been lost or doubled. */
  public long unaccounted() {
    return read - places.stream().mapToLong(Long::longValue).sum();
  }

  private LabelLedger plus(Place place, int more) {
    List<Long> changed = new ArrayList<>(places);
    changed.set(place.ordinal(), in(place) + more);
    return new LabelLedger(read, changed);
  }
}
