package dev.quadstream.image;

import java.util.Objects;

/**
 * What happened to an image on the stream: it arrived, or it was taken back.
 *
 * @param id the image's id
 * @param image the image, or null where a tombstone removes it
 * @param decodeNanos time that decoding it took; 0 where that was not measured
 * @param place of its record; null where it came with none
 */
public record ImageEvent(String id, LabeledImage image, long decodeNanos, RecordPlace place) {

  public ImageEvent {
    Objects.requireNonNull(id, "id");
  }

  /** The arrival of an image. */
  public static ImageEvent arrived(LabeledImage image) {
    return arrived(image, 0);
  }

  /** The arrival of an image that took so long to decode. */
  public static ImageEvent arrived(LabeledImage image, long decodeNanos) {
    return new ImageEvent(image.id(), image, decodeNanos, null);
  }

  /** The removal of the image with this id. */
  public static ImageEvent removed(String id) {
    return new ImageEvent(id, null, 0, null);
  }

  /** The same with the place of its record. */
  public ImageEvent at(RecordPlace recordPlace) {
    return new ImageEvent(id, image, decodeNanos, recordPlace);
  }

  /** Whether this takes the image back. */
  public boolean isRemoval() {
    return image == null;
  }
}
