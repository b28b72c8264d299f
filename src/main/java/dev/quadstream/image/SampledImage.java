package dev.quadstream.image;

import dev.quadstream.image.SampleMeaning.Alpha;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/**
 * What a codec delivered, as 8-bit samples: one band (grey) or three (sRGB), interleaved by pixel,
 * row by row, with what is transparent laid over a ground.
 *
 * <p>Grey samples are taken as stored, whatever profile they come with. Java's grey colour space is
 * linear, so going through {@code getRGB} would brighten every grey file. Colours with a profile
 * become sRGB.
 *
 * @param width columns
 * @param height rows
 * @param bands 1 or 3
 * @param samples unsigned, {@code width * height * bands} of them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SampledImage(int width, int height, int bands, byte[] samples) {

  private static final int OPAQUE = 255;

  /**
   * The samples of an image.
   *
   * @param ground what is seen where the picture is transparent, as 0xRRGGBB
   */
  static SampledImage of(BufferedImage image, SampleMeaning meaning, int ground) {
    ColorModel model = image.getColorModel();
    boolean grey = model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    boolean colour = model.getColorSpace().getType() == ColorSpace.TYPE_RGB;
    Layers layers = new Layers(image.getWidth(), image.getHeight(), grey || isGreyPalette(model));
    if (model instanceof ComponentColorModel && (grey || colour)) {
      layers.readComponents(image, meaning);
    } else if (colour || grey) {
      layers.readColours(image, meaning);
    } else {
      layers.readColours(toSrgb(image), SampleMeaning.PLAIN);
    }
    return layers.over(ground, meaning.alpha());
  }

  /** This image in another orientation. */
  SampledImage laid(Orientation orientation) {
    if (orientation.equals(Orientation.AS_IT_IS)) {
      return this;
    }
    boolean transposed = orientation.transposed();
    byte[] laid = new byte[samples.length];
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

  private static BufferedImage toSrgb(BufferedImage image) {
    BufferedImage converted =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
    return new ColorConvertOp(null).filter(image, converted);
  }

  /** Colours and opacity apart, until the ground is known to be needed. */
  private static final class Layers {

    private final int width;
    private final int height;
    private final int bands;
    private final byte[] colours;
    private byte[] opacity;
    private boolean premultiplied;

    Layers(int width, int height, boolean grey) {
      this.width = width;
      this.height = height;
      this.bands = grey ? 1 : 3;
      this.colours = new byte[width * height * bands];
    }

    void readComponents(BufferedImage image, SampleMeaning meaning) {
      ColorModel model = image.getColorModel();
      Raster raster = image.getRaster();
      boolean hasAlpha = model.hasAlpha() && meaning.alpha() != Alpha.ABSENT;
      // The codec does not always say so.
      premultiplied = meaning.alpha() == Alpha.ASSOCIATED || model.isAlphaPremultiplied();
      opacity = hasAlpha ? new byte[width * height] : null;
      int stored = raster.getNumBands();
      int[] row = new int[width * stored];
      SampleLevels levels = new SampleLevels(raster, model.getComponentSize(0), bands, meaning);
      for (int y = 0; y < height; y++) {
        levels.row(y, row);
        for (int x = 0; x < width; x++) {
          int pixel = y * width + x;
          for (int band = 0; band < bands; band++) {
            colours[pixel * bands + band] = (byte) row[x * stored + band];
          }
          if (hasAlpha) {
            opacity[pixel] = (byte) row[x * stored + bands];
          }
        }
      }
      if (bands == 3) {
        convert(meaning.profile() == null ? profile(model) : meaning.profile());
      }
    }

    private static ICC_Profile profile(ColorModel model) {
      boolean plain = model.getColorSpace().isCS_sRGB();
      return !plain && model.getColorSpace() instanceof ICC_ColorSpace space
          ? space.getProfile()
          : null;
    }

    private void convert(ICC_Profile profile) {
      if (profile == null) {
        return;
      }
      ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
      WritableRaster raster =
          Raster.createInterleavedRaster(
              new DataBufferByte(colours, colours.length),
              width,
              height,
              width * 3,
              3,
              new int[] {0, 1, 2},
              null);
      WritableRaster converted =
          Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 3, null);
      new ColorConvertOp(new ICC_Profile[] {profile, srgb}, null).filter(raster, converted);
      byte[] data = ((DataBufferByte) converted.getDataBuffer()).getData();
      System.arraycopy(data, 0, colours, 0, data.length);
    }

    void readColours(BufferedImage image, SampleMeaning meaning) {
      opacity = image.getColorModel().hasAlpha() ? new byte[width * height] : null;
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        image.getRGB(0, y, width, 1, row, 0, width);
        for (int x = 0; x < width; x++) {
          int pixel = y * width + x;
          for (int band = 0; band < bands; band++) {
            colours[pixel * bands + band] = (byte) (row[x] >> (16 - 8 * band));
          }
          if (opacity != null) {
            opacity[pixel] = (byte) (row[x] >>> 24);
          }
        }
      }
      if (meaning.gamma() != 0) {
        for (int i = 0; i < colours.length; i++) {
          colours[i] = (byte) SampleLevels.colour(colours[i] & 0xFF, OPAQUE, meaning.gamma());
        }
      }
      if (bands == 3) {
        convert(meaning.profile());
      }
    }

    SampledImage over(int ground, Alpha meant) {
      boolean counts =
          opacity != null && !(meant == Alpha.UNLESS_ALL_ZERO && isAll(0)) && !isAll(OPAQUE);
      if (!counts) {
        return new SampledImage(width, height, bands, colours);
      }
      boolean greyGround =
          (ground & 0xFF) == (ground >> 8 & 0xFF) && (ground & 0xFF) == ground >> 16;
      int result = bands == 1 && greyGround ? 1 : 3;
      byte[] samples = new byte[width * height * result];
      for (int pixel = 0; pixel < width * height; pixel++) {
        int alpha = opacity[pixel] & 0xFF;
        for (int band = 0; band < result; band++) {
          int colour = colours[pixel * bands + (bands == 1 ? 0 : band)] & 0xFF;
          int below = ground >> (16 - 8 * band) & 0xFF;
          int above = premultiplied ? colour * OPAQUE : colour * alpha;
          int sum = above + below * (OPAQUE - alpha);
          samples[pixel * result + band] = (byte) Math.min(OPAQUE, (sum + OPAQUE / 2) / OPAQUE);
        }
      }
      return new SampledImage(width, height, result, samples);
    }

    private boolean isAll(int value) {
      for (byte each : opacity) {
        if ((each & 0xFF) != value) {
          return false;
        }
      }
      return true;
    }
  }
}
