package dev.quadstream.image;

import dev.quadstream.image.SampleMeaning.Alpha;

/**
 * What a TIFF file says of its samples: the codec guesses alpha and does not know of white.
 *
 * <p>Source: TIFF 6.0, sections 8 and 18; DNG 1.6.
 */
final class TiffFile {

  private static final int SIGNED = 2;
  private static final int REAL = 3;
  private static final int COMPLEX_WHOLE = 5;
  private static final int COMPLEX = 6;

  private TiffFile() {}

  /**
   * The meaning of the samples.
   *
   * @throws UnreadFormException if they are no picture, or it is not their first one
   */
  static SampleMeaning meaning(byte[] file, TiffFields fields) throws UnreadFormException {
    boolean canon = file.length > 9 && file[8] == 'C' && file[9] == 'R';
    if (canon || fields.all(TiffFields.DNG_VERSION).length > 0) {
      throw new UnreadFormException("a raw file of a camera");
    }
    long format = fields.first(TiffFields.SAMPLE_FORMAT, 1);
    if (format == SIGNED) {
      throw new UnreadFormException("a TIFF image whose samples have signs");
    }
    if (format == COMPLEX_WHOLE || format == COMPLEX) {
      throw new UnreadFormException("a TIFF image of complex numbers");
    }
    Alpha alpha =
        switch ((int) fields.first(TiffFields.EXTRA_SAMPLES, 0)) {
          case 1 -> Alpha.ASSOCIATED;
          case 2 -> Alpha.MEANT;
          default -> Alpha.ABSENT;
        };
    long largest = fields.first(TiffFields.LARGEST_SAMPLE, 0);
    // Others write the largest sample of the picture there, which is not its white.
    boolean isDepth = largest >= 255 && (largest & largest + 1) == 0;
    return new SampleMeaning(alpha, format == REAL, isDepth ? largest : 0, 0, null);
  }
}
