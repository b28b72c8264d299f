package dev.quadstream.dataset;

/**
 * How one drawing of an icon departs from the canonical one.
 *
 * @param shiftX pixels to the right
 * @param shiftY pixels down
 * @param rotation clockwise, in radians
 * @param scale relative size, above 0; 1 is the canonical size
 */
public record IconPose(double shiftX, double shiftY, double rotation, double scale) {

  public IconPose {
    if (!(scale > 0)) {
      throw new IllegalArgumentException(
          "The scale of an icon must be above 0, not " + scale + ".");
    }
  }

  /** Centred, upright, at its canonical size. */
  public static IconPose canonical() {
    return new IconPose(0, 0, 0, 1);
  }
}
