package dev.quadstream.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;

/**
 * What a codec delivered, as opaque 8-bit samples of the file's own encoding: one band (grey) or
 * three (sRGB), interleaved by pixel, row by row.
 *
 * <p>Grey samples are taken as stored. Java's grey colour space is linear, so going through {@code
 * getRGB} would brighten every grey file.
 *
 * @param width columns
 * @param height rows
 * @param bands 1 or 3
 * @param samples 0 to 255 each, {@code width * height * bands} of them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SampledImage(int width, int height, int bands, int[] samples) {

  private static final int OPAQUE = 255;

  static SampledImage of(BufferedImage image) {
    ColorModel model = image.getColorModel();
    if (model instanceof ComponentColorModel && isPlain(model)) {
      return ofComponents(image, model);
    }
    return ofColours(image);
  }

  /** This image in another orientation. */
  SampledImage laid(Orientation orientation) {
    if (orientation.equals(Orientation.AS_IT_IS)) {
      return this;
    }
    boolean transposed = orientation.transposed();
    int[] laid = new int[samples.length];
    for (int row = 0; row < height; row++) {
      int fromRow = orientation.flipped() ? height - 1 - row : row;
      for (int column = 0; column < width; column++) {
        int fromColumn = orientation.mirrored() ? width - 1 - column : column;
        int to = transposed ? column * height + row : row * width + column;
        System.arraycopy(samples, (fromRow * width + fromColumn) * bands, laid, to * bands, bands);
      }
    }
    return new SampledImage(transposed ? height : width, transposed ? width : height, bands, laid);
  }

  private static boolean isPlain(ColorModel model) {
    int type = model.getColorSpace().getType();
    boolean known =
        type == ColorSpace.TYPE_GRAY
            || (type == ColorSpace.TYPE_RGB && model.getColorSpace().isCS_sRGB());
    int transfer = model.getTransferType();
    return known
        && !model.isAlphaPremultiplied()
        && (transfer == DataBuffer.TYPE_BYTE || transfer == DataBuffer.TYPE_USHORT);
  }

  private static SampledImage ofComponents(BufferedImage image, ColorModel model) {
    int width = image.getWidth();
    int height = image.getHeight();
    int stored = model.getNumComponents();
    int bands = model.getNumColorComponents();
    int[] raw = image.getRaster().getPixels(0, 0, width, height, (int[]) null);
    int largest = (1 << model.getComponentSize(0)) - 1;
    if (largest != 255) {
      for (int i = 0; i < raw.length; i++) {
        raw[i] = (raw[i] * 255 + largest / 2) / largest;
      }
    }
    if (stored == bands) {
      return new SampledImage(width, height, bands, raw);
    }
    int[] samples = new int[width * height * bands];
    for (int pixel = 0; pixel < width * height; pixel++) {
      int alpha = raw[pixel * stored + bands];
      for (int band = 0; band < bands; band++) {
        samples[pixel * bands + band] = overWhite(raw[pixel * stored + band], alpha);
      }
    }
    return new SampledImage(width, height, bands, samples);
  }

  private static SampledImage ofColours(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
    if (isGreyPalette(image.getColorModel())) {
      int[] samples = new int[colours.length];
      for (int i = 0; i < colours.length; i++) {
        samples[i] = overWhite(colours[i] & 0xFF, colours[i] >>> 24);
      }
      return new SampledImage(width, height, 1, samples);
    }
    int[] samples = new int[colours.length * 3];
    for (int i = 0; i < colours.length; i++) {
      int alpha = colours[i] >>> 24;
      samples[3 * i] = overWhite((colours[i] >> 16) & 0xFF, alpha);
      samples[3 * i + 1] = overWhite((colours[i] >> 8) & 0xFF, alpha);
      samples[3 * i + 2] = overWhite(colours[i] & 0xFF, alpha);
    }
    return new SampledImage(width, height, 3, samples);
  }

  private static boolean isGreyPalette(ColorModel model) {
    if (!(model instanceof IndexColorModel palette)) {
      return false;
    }
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }

  private static int overWhite(int sample, int alpha) {
    if (alpha == OPAQUE) {
      return sample;
    }
    return (sample * alpha + 255 * (OPAQUE - alpha) + OPAQUE / 2) / OPAQUE;
  }
}
