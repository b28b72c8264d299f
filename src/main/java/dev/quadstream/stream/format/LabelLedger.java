package dev.quadstream.stream.format;

/**
 * What has become of the records of the labels topic since the run began. Immutable.
 *
 * @param read records
 * @param deadLetters of them that say nothing
 * @param withdrawn of them that withdraw a label
 * @param met of them that met their image, which had come without a label
 * @param corrections of them that gave such an image another label since
 * @param superseded of them that said nothing new, or were overtaken by another one or by the
 *     removal of their image before they met it
 * @param expired of them that waited for longer than they may
 * @param pushedOut of them that had waited for longest when more came than may wait
 * @param waiting of them that wait for their image
 */
public record LabelLedger(
    long read,
    long deadLetters,
    long withdrawn,
    long met,
    long corrections,
    long superseded,
    long expired,
    long pushedOut,
    long waiting) {

  /** Before the first record. */
  public static final LabelLedger EMPTY = new LabelLedger(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Where a record has come to, or leaves from. */
  public enum Place {
    DEAD_LETTERS,
    WITHDRAWN,
    MET,
    CORRECTIONS,
    SUPERSEDED,
    EXPIRED,
    PUSHED_OUT,
    WAITING
  }

  /** With a record that was read and has come to a place. */
  public LabelLedger read(Place to) {
    return new LabelLedger(
            read + 1,
            deadLetters,
            withdrawn,
            met,
            corrections,
            superseded,
            expired,
            pushedOut,
            waiting)
        .plus(to, 1);
  }

  /** With a record that waited and has come to a place. */
  public LabelLedger waited(Place to) {
    return plus(Place.WAITING, -1).plus(to, 1);
  }

  /** Records that are in none of the other figures: 0, or something has been lost or doubled. */
  public long unaccounted() {
    return read
        - deadLetters
        - withdrawn
        - met
        - corrections
        - superseded
        - expired
        - pushedOut
        - waiting;
  }

  private LabelLedger plus(Place place, int more) {
    return new LabelLedger(
        read,
        deadLetters + (place == Place.DEAD_LETTERS ? more : 0),
        withdrawn + (place == Place.WITHDRAWN ? more : 0),
        met + (place == Place.MET ? more : 0),
        corrections + (place == Place.CORRECTIONS ? more : 0),
        superseded + (place == Place.SUPERSEDED ? more : 0),
        expired + (place == Place.EXPIRED ? more : 0),
        pushedOut + (place == Place.PUSHED_OUT ? more : 0),
        waiting + (place == Place.WAITING ? more : 0));
  }
}
