package dev.quadstream.image;

import dev.quadstream.image.SampleMeaning.Alpha;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.util.Map;
import java.util.stream.LongStream;

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
  private static final int WHITE_IS_ZERO = 0;
  private static final int RGB = 2;
  private static final int LAB = 8;
  private static final int MAX_BITS = 32;

  /** As many bytes take a codec about as long as a block of JPEG. */
  private static final int BYTES_OF_A_BLOCK = 64;

  /** What writers have beside those that the codec knows. */
  private static final Map<Long, String> UNREAD_COMPRESSIONS =
      Map.ofEntries(
          Map.entry(33_003L, "JPEG 2000"),
          Map.entry(33_005L, "JPEG 2000"),
          Map.entry(34_661L, "JBIG"),
          Map.entry(34_676L, "SGI LogLuv"),
          Map.entry(34_677L, "SGI LogLuv"),
          Map.entry(34_712L, "JPEG 2000"),
          Map.entry(34_887L, "LERC"),
          Map.entry(34_892L, "lossy DNG"),
          Map.entry(34_925L, "LZMA"),
          Map.entry(34_933L, "PNG"),
          Map.entry(34_934L, "JPEG XR"),
          Map.entry(50_000L, "Zstandard"),
          Map.entry(50_001L, "WebP"),
          Map.entry(50_002L, "JPEG XL"),
          Map.entry(52_546L, "JPEG XL"));

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
    String compression = UNREAD_COMPRESSIONS.get(fields.first(TiffFields.COMPRESSION, 1));
    if (compression != null) {
      throw new UnreadFormException(
          "a TIFF image compressed as %s (LZW and Deflate are read)".formatted(compression));
    }
    long format = fields.first(TiffFields.SAMPLE_FORMAT, 1);
    if (format == SIGNED) {
      throw new UnreadFormException("a TIFF image whose samples have signs");
    }
    if (format == COMPLEX_WHOLE || format == COMPLEX) {
      throw new UnreadFormException("a TIFF image of complex numbers");
    }
    long bits = fields.first(TiffFields.BITS, 1);
    if (!isReal(fields) && bits > MAX_BITS) {
      throw new UnreadFormException(
          "a TIFF image of %d bits a sample, not %d at the most".formatted(bits, MAX_BITS));
    }
    requireKnownOrder(file[0] == 'I', bits, fields);
    Alpha alpha =
        switch ((int) fields.first(TiffFields.EXTRA_SAMPLES, 0)) {
          case 1 -> Alpha.ASSOCIATED;
          case 2 -> Alpha.MEANT;
          default -> Alpha.ABSENT;
        };
    long largest = fields.first(TiffFields.LARGEST_SAMPLE, 0);
    // Others write the largest sample of the picture there, which is not its white.
    boolean isDepth = largest >= 255 && (largest & largest + 1) == 0;
    return new SampleMeaning(alpha, isReal(fields), isDepth ? largest : 0, 0, profile(fields));
  }

  /** The codec takes JPEG data for sRGB, and would turn them into the colours of the profile. */
  static boolean profileIsToBeHidden(TiffFields fields) {
    return TiffJpegs.isCompressedSo(fields);
  }

  /**
   * What the codec goes over: every sample, of which a pixel may have thousands that are not seen,
   * and what JPEG files in there ask for.
   *
   * @throws IOException if these cannot be told
   */
  static CodecCost cost(byte[] file, TiffFields fields) throws IOException {
    long bitsOfASample = LongStream.of(fields.all(TiffFields.BITS)).max().orElse(1);
    double samples =
        (double) fields.first(TiffFields.WIDTH, 0)
            * fields.first(TiffFields.HEIGHT, 0)
            * LongStream.of(fields.all(TiffFields.SAMPLES)).max().orElse(1);
    // The codec makes them of 32 bits at least, and copies them all.
    double stored = isReal(fields) ? 2 * samples * Math.max(32, bitsOfASample) / Byte.SIZE : 0;
    CodecCost jpegs = TiffJpegs.of(file, fields).cost();
    return new CodecCost(
        jpegs.coefficientBytes(),
        Math.max(
            jpegs.scannedBlocks(), (long) (samples * bitsOfASample / Byte.SIZE / BYTES_OF_A_BLOCK)),
        0,
        (long) stored);
  }

  /** The codec reads these, and in an order of bits or bytes that is not theirs. */
  private static void requireKnownOrder(boolean littleEndian, long bits, TiffFields fields)
      throws UnreadFormException {
    long interpretation = fields.first(TiffFields.INTERPRETATION, WHITE_IS_ZERO);
    if (littleEndian && (bits == 24 || (bits == 4 && interpretation == RGB))) {
      throw new UnreadFormException(
          "a little-endian TIFF image of %d bits a sample".formatted(bits));
    }
    long extra = fields.first(TiffFields.EXTRA_SAMPLES, 0);
    if (interpretation == WHITE_IS_ZERO && (extra == 1 || extra == 2)) {
      throw new UnreadFormException("a TIFF image with alpha whose white is 0");
    }
  }

  private static boolean isReal(TiffFields fields) {
    return fields.first(TiffFields.SAMPLE_FORMAT, 1) == REAL;
  }

  /** The codec passes none on of a palette. */
  private static ICC_Profile profile(TiffFields fields) {
    boolean lab = fields.first(TiffFields.INTERPRETATION, 0) >= LAB;
    return lab ? null : ColourProfile.of(fields.profile());
  }
}
