package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quadstream.image.SampleMeaning.Alpha;
import java.io.ByteArrayOutputStream;

/**
 * A PGM or PPM file with the largest sample that its codec knows: it takes samples for numbers with
 * a sign where another is announced, so that what is bright comes out dark.
 *
 * <p>Source: Netpbm, pgm(5) and ppm(5).
 *
 * @param bytes the file, which announces 255 or 65,535
 * @param meaning of its samples, which knows the sample that is white
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NetpbmFile(byte[] bytes, SampleMeaning meaning) {

  private static final int SIGNATURE = 2;

  /** Width, height, and the largest sample. */
  private static final int NUMBERS = 3;

  private static final int EIGHT_BITS = 255;
  private static final int SIXTEEN_BITS = 65_535;

  /** Looks at the header of a file; what is broken in it is for the codec to say. */
  static NetpbmFile of(byte[] file) {
    NetpbmFile asItIs = new NetpbmFile(file, SampleMeaning.PLAIN);
    if (file[1] == '1' || file[1] == '4') {
      return asItIs;
    }
    int from = SIGNATURE;
    int to = SIGNATURE;
    for (int number = 0; number < NUMBERS; number++) {
      from = nextNumber(file, to);
      to = from;
      while (to < file.length && Character.isDigit((char) file[to])) {
        to++;
      }
    }
    String announced = new String(file, from, to - from, ISO_8859_1);
    int largest = announced.matches("\\d{1,9}") ? Integer.parseInt(announced) : 0;
    if (largest < 1 || largest >= SIXTEEN_BITS || largest == EIGHT_BITS) {
      return asItIs;
    }
    ByteArrayOutputStream changed = new ByteArrayOutputStream(file.length + announced.length());
    changed.write(file, 0, from);
    changed.writeBytes(
        Integer.toString(largest < EIGHT_BITS ? EIGHT_BITS : SIXTEEN_BITS).getBytes(ISO_8859_1));
    changed.write(file, to, file.length - to);
    return new NetpbmFile(
        changed.toByteArray(), new SampleMeaning(Alpha.MEANT, false, largest, 0, null));
  }

  /** Behind blanks and comments, of which one may follow a number without a blank. */
  private static int nextNumber(byte[] file, int from) {
    int at = from;
    boolean comment = false;
    while (at < file.length && !(Character.isDigit((char) file[at]) && !comment)) {
      boolean endOfLine = file[at] == '\n' || file[at] == '\r';
      comment = file[at] == '#' || (comment && !endOfLine);
      at++;
    }
    return at;
  }
}
