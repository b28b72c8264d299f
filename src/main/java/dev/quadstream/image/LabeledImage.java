package dev.quadstream.image;

import java.util.Objects;

/**
 * One image of the stream with its identity.
 *
 * @param id the image's id, unique on the stream; a later image of the same id replaces it
 * @param label the class: images of the same label show the same thing
 * @param capturedAt when the image was taken, in milliseconds since the epoch; the event time
 * @param image the decoded pixels, or what a backbone made of them
 */
public record LabeledImage(String id, String label, long capturedAt, ImageContent image) {

  public LabeledImage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(image, "image");
  }

  /** The same image under another label. */
  public LabeledImage labelled(String newLabel) {
    return new LabeledImage(id, newLabel, capturedAt, image);
  }

  /**
   * The image where it is one of pixels, as all are that people look at.
   *
   * @throws ClassCastException where it is one of features
   */
  public PixelImage pixels() {
    return (PixelImage) image;
  }
}
