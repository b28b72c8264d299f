package dev.quadstream.image;

import java.util.Objects;

/**
 * What happened to an image on the stream.
 *
 * @param kind what it was
 * @param id the image's id
 * @param image the image where it arrived, else null
 * @param label the label where it was corrected, or null where it was withdrawn or nothing of both
 * @param decodeNanos time that decoding it took; 0 where that was not measured
 * @param place of its record; null where it came with none
 */
public record ImageEvent(
    Kind kind, String id, LabeledImage image, String label, long decodeNanos, RecordPlace place) {

  /** What can happen. */
  public enum Kind {
    /** It came with its label. */
    ARRIVED,
    /** It had come without a label, which has come since. */
    LABELLED,
    /** A tombstone took it back. */
    REMOVED,
    /** Another image came under its id, without a label. */
    REPLACED,
    /** It shows something else than was said, or nobody knows what. */
    CORRECTED,
    /** Its record has been where images wait for labels: none before it is to come from there. */
    PASSED
  }

  public ImageEvent {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(id, "id");
  }

  public static ImageEvent arrived(LabeledImage image) {
    return arrived(image, 0);
  }

  /** The arrival of an image that took so long to decode. */
  public static ImageEvent arrived(LabeledImage image, long decodeNanos) {
    return new ImageEvent(Kind.ARRIVED, image.id(), image, null, decodeNanos, null);
  }

  /** The arrival of an image whose label came apart from it. */
  public static ImageEvent labelled(LabeledImage image, RecordPlace place) {
    return new ImageEvent(Kind.LABELLED, image.id(), image, null, 0, place);
  }

  public static ImageEvent removed(String id) {
    return new ImageEvent(Kind.REMOVED, id, null, null, 0, null);
  }

  /**
   * That an image came without a label, in place of any that came under its id before.
   *
   * @param place of the record of the one that came
   */
  public static ImageEvent replaced(String id, RecordPlace place) {
    return new ImageEvent(Kind.REPLACED, id, null, null, 0, place);
  }

  /** That the record of that place has been where images wait for labels. */
  public static ImageEvent passed(String id, RecordPlace place) {
    return new ImageEvent(Kind.PASSED, id, null, null, 0, place);
  }

  /** Another label of an image, or none. */
  public static ImageEvent corrected(LabelUpdate update) {
    return new ImageEvent(Kind.CORRECTED, update.id(), null, update.label(), 0, null);
  }

  public ImageEvent at(RecordPlace recordPlace) {
    return new ImageEvent(kind, id, image, label, decodeNanos, recordPlace);
  }

  /** Whether an image comes with this. */
  public boolean isArrival() {
    return image != null;
  }

  /** Whether this takes the image back. */
  public boolean isRemoval() {
    return kind == Kind.REMOVED;
  }

  /** Whether what came under the id before is no longer what it shows. */
  public boolean isReplacement() {
    return kind == Kind.REPLACED;
  }

  /** Whether this changes the label of an image that came before. */
  public boolean isCorrection() {
    return kind == Kind.CORRECTED;
  }

  /**
   * Whether its record counts here in the ledger of its partition. Where it came without a label,
   * the record counts as a question.
   */
  public boolean isCounted() {
    return place != null && (kind == Kind.ARRIVED || kind == Kind.REMOVED);
  }

  /** The new label of a correction. */
  public LabelUpdate update() {
    return new LabelUpdate(id, label);
  }
}
