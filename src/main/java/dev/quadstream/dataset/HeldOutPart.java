package dev.quadstream.dataset;

import java.util.Locale;

/** Which of the classes that are never streamed one measures with. */
public enum HeldOutPart {
  /** Those to choose options and recipes by. */
  VALIDATION("validation quarter"),
  /** Those that no choice was made by: read once, for the figures that one publishes. */
  TEST("test quarter"),
  /** All that are held out, where classes are few or nothing is chosen. */
  BOTH("held-out half, validation and test,");

  private final String description;

  HeldOutPart(String description) {
    this.description = description;
  }

  /** As people type it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it is of all classes, to be followed by "of the classes". */
  public String description() {
    return description;
  }
}
