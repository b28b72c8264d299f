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
 * @param place of its record; where the question is closed, of the one that closed it, or null in
 *     state of a program that did not keep it
 */
public record ImageQuestion(String id, long capturedAt, ImageContent image, RecordPlace place) {

  public ImageQuestion {
    Objects.requireNonNull(id, "id");
    if (image != null) {
      Objects.requireNonNull(place, "place");
    }
  }

  /** That the image is gone, or has its label, as of a record. */
  public static ImageQuestion closed(String id, RecordPlace place) {
    return new ImageQuestion(id, 0, null, place);
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
