package dev.quadstream.image;

import java.util.Objects;

/**
 * An image without a label: what it shows is asked. It is embedded, and never trained on before it
 * has one. Or, closed, that of an image it is asked no longer.
 *
 * @param id the image's id
 * @param capturedAt when the image was taken, in milliseconds since the epoch
 * @param image the decoded pixels, or what a backbone made of them; null where the question is
 *     closed
 * @param place of its record; null where the question is closed
 */
public record ImageQuestion(String id, long capturedAt, ImageContent image, RecordPlace place) {

  public ImageQuestion {
    Objects.requireNonNull(id, "id");
    if ((image == null) != (place == null)) {
      throw new IllegalArgumentException("A question has both pixels and a place, or neither.");
    }
  }

  /** That the image is gone, or has its label. */
  public static ImageQuestion closed(String id) {
    return new ImageQuestion(id, 0, null, null);
  }

  /** Whether it is asked no longer what the image shows. */
  public boolean isClosed() {
    return image == null;
  }

  /** The image, as soon as it has a label. */
  public LabeledImage labelled(String label) {
    return new LabeledImage(id, label, capturedAt, image);
  }
}
