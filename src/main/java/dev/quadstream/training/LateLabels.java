package dev.quadstream.training;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Labels of a window that came apart from their images.
 *
 * @param arrived images of the window that had come without their label
 * @param corrected images of window and memory that got another label
 * @param withdrawn images of window and memory that have no label any more, and left
 */
public record LateLabels(
    @JsonProperty("labelledLaterImages") int arrived,
    @JsonProperty("correctedImages") int corrected,
    @JsonProperty("withdrawnImages") int withdrawn) {

  /** Where all labels came with their images. */
  public static final LateLabels NONE = new LateLabels(0, 0, 0);
}
