package dev.quadstream.image;

import java.util.Objects;

/**
 * An image without a label: what it shows is asked. It is embedded and never trained on.
 *
 * @param id the image's id
 * @param capturedAt when the image was taken, in milliseconds since the epoch
 * @param image the decoded pixels
 * @param place of its record
 */
public record ImageQuestion(String id, long capturedAt, PixelImage image, RecordPlace place) {

  public ImageQuestion {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(place, "place");
  }
}
