package dev.quadstream.image;

import java.util.Objects;

/**
 * What happened to an image on the stream: it arrived, or it was taken back.
 *
 * @param id the image's id
 * @param image the image, or null where a tombstone removes it
 */
public record ImageEvent(String id, LabeledImage image) {

  public ImageEvent {
    Objects.requireNonNull(id, "id");
  }

  /** The arrival of an image. */
  public static ImageEvent arrived(LabeledImage image) {
    return new ImageEvent(image.id(), image);
  }

  /** The removal of the image with this id. */
  public static ImageEvent removed(String id) {
    return new ImageEvent(id, null);
  }

  /** Whether this takes the image back. */
  public boolean isRemoval() {
    return image == null;
  }
}
