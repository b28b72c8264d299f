package dev.quadstream.image;

import java.awt.color.ICC_Profile;

/**
 * What a file says of its samples that its codec does not pass on.
 *
 * @param alpha whether what the codec takes for alpha is that
 * @param real whether they are real numbers
 * @param largest the sample that is white, or 0 where the file does not say
 * @param gamma exponent from light to samples, or 0 for the one of sRGB
 * @param profile of its colours, or null for sRGB
 */
record SampleMeaning(Alpha alpha, boolean real, long largest, double gamma, ICC_Profile profile) {

  /** Whether a band is the opacity of the picture. */
  enum Alpha {
    MEANT,
    /** It is, and the colours are stored as they are seen over black. */
    ASSOCIATED,
    /** Some programs reserve the band and leave it at 0, which would hide the whole picture. */
    UNLESS_ALL_ZERO,
    ABSENT
  }

  /** As the codec says. */
  static final SampleMeaning PLAIN = of(Alpha.MEANT);

  static SampleMeaning of(Alpha alpha) {
    return new SampleMeaning(alpha, false, 0, 0, null);
  }
}
