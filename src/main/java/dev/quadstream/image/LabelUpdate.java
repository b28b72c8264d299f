package dev.quadstream.image;

import java.util.Objects;

/**
 * What an image is said to show, apart from the image.
 *
 * @param id the image's id
 * @param label its label from here on, or null where what was said of it is withdrawn
 */
public record LabelUpdate(String id, String label) {

  public LabelUpdate {
    Objects.requireNonNull(id, "id");
  }

  /** Whether the image has no label from here on. */
  public boolean isWithdrawal() {
    return label == null;
  }
}
