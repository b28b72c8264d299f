package dev.quadstream.training;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Test before train on one window: each new image is looked up in the memory before anything learns
 * from it (Gama et al., "On evaluating stream learning algorithms", 2013).
 *
 * <p>An image that comes again is not looked up in itself.
 *
 * @param tested images of whose class another image was in the memory
 * @param correct those of them whose nearest exemplar had their class
 * @param newClasses classes of the window that had no image in the memory
 */
public record Prequential(int tested, int correct, int newClasses) {

  /** Recall@1 of the tested images, or null where none was tested. */
  @JsonProperty(value = "prequentialRecallAt1", access = JsonProperty.Access.READ_ONLY)
  public Double recallAt1() {
    return tested == 0 ? null : (double) correct / tested;
  }
}
