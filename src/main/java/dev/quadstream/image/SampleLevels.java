package dev.quadstream.image;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * Brings the stored samples of an image, of any depth, to 8 bits from black to white.
 *
 * <p>Where no whole sample needs the upper bits of 16 or 32, they are those of a camera or a
 * scanner of fewer bits, whose picture would be nearly black: white is then the largest number of
 * 8, 12 or 16 bits.
 *
 * <p>Not thread-safe: it keeps a row.
 */
final class SampleLevels {

  private static final int DEEPEST_TABLE = 16;

  private final Raster raster;
  private final int alphaBand;
  private final boolean unsigned;
  private final double white;
  private final double full;
  private final double gamma;
  private final byte[] table;
  private final int[] whole;
  private final double[] real;

  /**
   * The levels of an image.
   *
   * @param raster its samples
   * @param bits of a sample
   * @param colours number of its colour bands; the one behind them is alpha, if any
   * @param meaning of the samples
   */
  SampleLevels(Raster raster, int bits, int colours, SampleMeaning meaning) {
    this.raster = raster;
    this.alphaBand = colours;
    this.gamma = meaning.gamma();
    int type = raster.getTransferType();
    int samples = raster.getWidth() * raster.getNumBands();
    this.unsigned = type != DataBuffer.TYPE_FLOAT && type != DataBuffer.TYPE_DOUBLE;
    this.whole = new int[unsigned ? samples : 0];
    this.real = new double[unsigned ? 0 : samples];
    this.full = unsigned ? Math.pow(2, bits) - 1 : 1;
    this.white = white(bits, meaning);
    this.table = new byte[unsigned && bits <= DEEPEST_TABLE ? 1 << bits : 0];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) colour(i, white, gamma);
    }
  }

  /** The levels of one row, 0 to 255 each, all bands by pixel. */
  void row(int row, int[] levels) {
    read(row);
    int bands = raster.getNumBands();
    for (int i = 0; i < levels.length; i++) {
      boolean alpha = i % bands == alphaBand;
      if (alpha) {
        levels[i] = level(sample(i), full);
      } else if (table.length > 0) {
        levels[i] = table[whole[i] & table.length - 1] & 0xFF;
      } else {
        levels[i] = colour(sample(i), white, gamma);
      }
    }
  }

  /**
   * The level of a colour.
   *
   * @param sample of it
   * @param white the sample that is white
   * @param gamma exponent from light to samples, or 0 for the one of sRGB
   */
  static int colour(double sample, double white, double gamma) {
    if (gamma == 0) {
      return level(sample, white);
    }
    double light = Math.pow(Math.max(0, Math.min(1, sample / white)), 1 / gamma);
    // IEC 61966-2-1
    double encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
    return level(encoded, 1);
  }

  private static int level(double sample, double white) {
    return (int) (Math.max(0, Math.min(1, sample / white)) * 255 + 0.5);
  }

  private double white(int bits, SampleMeaning meaning) {
    if (meaning.largest() > 0) {
      return Math.min(full, meaning.largest());
    }
    if (!unsigned || bits <= 12) {
      return full;
    }
    long most = 0;
    int bands = raster.getNumBands();
    for (int row = 0; row < raster.getHeight(); row++) {
      read(row);
      for (int i = 0; i < whole.length; i++) {
        if (i % bands < alphaBand) {
          most = Math.max(most, whole[i] & 0xFFFFFFFFL);
        }
      }
    }
    return whiteFor(most);
  }

  /**
   * Looks at samples as they are stored, which the codec clips before it delivers them.
   *
   * @throws UnreadFormException if they are real numbers beyond 0 to 1
   */
  static void requireKnownRange(Raster stored) throws UnreadFormException {
    double least = 0;
    double most = 0;
    double[] row = new double[stored.getWidth() * stored.getNumBands()];
    for (int y = 0; y < stored.getHeight(); y++) {
      stored.getPixels(stored.getMinX(), stored.getMinY() + y, stored.getWidth(), 1, row);
      for (double sample : row) {
        // Not Math.max: a sample that is no number must not hide.
        least = sample >= least ? least : sample;
        most = sample <= most ? most : sample;
      }
    }
    if (!(least >= 0 && most <= 1)) {
      throw new UnreadFormException(
          "an image of float samples from %s to %s, of which only 0 (black) to 1 (white) is known"
              .formatted(least, most));
    }
  }

  private double whiteFor(long most) {
    for (int bits : new int[] {8, 12, 16}) {
      double largest = Math.pow(2, bits) - 1;
      if (most <= largest) {
        return Math.min(full, largest);
      }
    }
    return full;
  }

  private void read(int row) {
    if (unsigned) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, raster.getWidth(), 1, whole);
    } else {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, raster.getWidth(), 1, real);
    }
  }

  private double sample(int index) {
    return unsigned ? whole[index] & 0xFFFFFFFFL : real[index];
  }
}
