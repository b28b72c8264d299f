package dev.quadstream.image;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExifOrientationTest {

  /** Neighbouring tiles of a JPEG file run into each other; a turned picture is 60 or more off. */
  private static final double TOLERANCE = 15;

  private static final ImageShape SHAPE =
      new ImageShape(3, TestingPicture.HEIGHT, TestingPicture.WIDTH);

  private final ImageDecoder decoder = new ImageDecoder(SHAPE, ImageLimits.defaults());

  @ParameterizedTest
  @EnumSource(
      value = ImageFormat.class,
      names = {"JPEG", "PNG", "WEBP", "TIFF", "BIG_TIFF"})
  void everyOrientationIsReadUpright(ImageFormat format) throws Exception {
    for (ByteOrder order : List.of(BIG_ENDIAN, LITTLE_ENDIAN)) {
      for (int orientation = 1; orientation <= 8; orientation++) {
        PixelImage image = decoder.decode(file(format, orientation, order));

        assertThat(TestingPicture.distance(image))
            .as("%s, orientation %d, %s", format, orientation, order)
            .isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void aPictureTurnedTheWrongWayWouldBeNoticed() throws Exception {
    for (int orientation = 2; orientation <= 8; orientation++) {
      byte[] png = file(ImageFormat.PNG, orientation, BIG_ENDIAN);
      byte[] without =
          TestingImages.encode(
              TestingPicture.stored(orientation, BufferedImage.TYPE_INT_RGB), "png");

      assertThat(TestingPicture.distance(decoder.decode(png))).isZero();
      assertThat(TestingPicture.distance(decoder.decode(without))).isGreaterThan(60);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 65_535})
  void anOrientationThatDoesNotExistIsIgnored(int orientation) throws Exception {
    byte[] exif = TestingTiff.exif(BIG_ENDIAN, orientation);

    for (byte[] file : filesWith(exif)) {
      assertThat(TestingPicture.distance(decoder.decode(file))).isLessThan(TOLERANCE);
    }
  }

  @Test
  void brokenExifIsIgnored() throws Exception {
    byte[] exif = TestingTiff.exif(LITTLE_ENDIAN, 6);
    SplittableRandom random = new SplittableRandom(5);
    List<byte[]> broken = new ArrayList<>(List.of(new byte[0], new byte[] {'I'}, new byte[300]));
    for (int length = 1; length < exif.length - 8; length++) {
      broken.add(Arrays.copyOf(exif, length));
    }
    byte[] beyond = exif.clone();
    beyond[4] = (byte) 0xF0;
    beyond[7] = (byte) 0xFF;
    broken.add(beyond);
    for (byte[] block : broken) {
      for (byte[] file : filesWith(block)) {
        assertThat(TestingPicture.distance(decoder.decode(file))).isLessThan(TOLERANCE);
      }
    }
    for (int round = 0; round < 200; round++) {
      byte[] noise = exif.clone();
      for (int i = 0; i < 4; i++) {
        noise[random.nextInt(noise.length)] = (byte) random.nextInt();
      }
      for (byte[] file : filesWith(noise)) {
        assertThat(decoder.decode(file).shape()).isEqualTo(SHAPE);
      }
    }
  }

  /** Cameras' EXIF has broken parts more often than a broken beginning. */
  @Test
  void anOrientationBeforeTheBrokenPartCounts() throws Exception {
    byte[] exif =
        TestingTiff.of(BIG_ENDIAN)
            .with(TiffFields.ORIENTATION, TestingTiff.SHORT, 6)
            .with(34_665, TestingTiff.LONG, 0xFFFFFFF0L)
            .with(34_853, TestingTiff.LONG, 3)
            .encode();
    byte[] jpeg =
        TestingJpeg.withExif(
            TestingJpeg.encode(TestingPicture.stored(6, BufferedImage.TYPE_INT_RGB)), exif);

    assertThat(TestingPicture.distance(decoder.decode(jpeg))).isLessThan(TOLERANCE);
  }

  @Test
  void exifIsFoundBehindOtherSegmentsAndWithThePrefixOfJpeg() throws Exception {
    byte[] exif = TestingTiff.exif(BIG_ENDIAN, 8);
    BufferedImage turned = TestingPicture.stored(8, BufferedImage.TYPE_INT_RGB);
    byte[] jpeg = TestingJpeg.withExif(TestingJpeg.encode(turned), exif);
    byte[] xmpFirst =
        TestingJpeg.withSegment(
            jpeg, TestingJpeg.APP1, "http://ns.adobe.com/xap/1.0/\0<x/>".getBytes("UTF-8"));
    byte[] prefixed = TestingJpeg.joined("Exif\0\0".getBytes("UTF-8"), exif);

    for (byte[] file :
        List.of(
            xmpFirst,
            TestingWebp.encode(turned, prefixed, null),
            TestingPng.withChunk(TestingImages.encode(turned, "png"), "eXIf", prefixed))) {
      assertThat(TestingPicture.distance(decoder.decode(file))).isLessThan(TOLERANCE);
    }
  }

  /** ImageMagick's way before PNG had a chunk for EXIF: name, length and lines of digits. */
  @ParameterizedTest
  @ValueSource(strings = {"exif", "APP1"})
  void exifInTheTextOfAPngCounts(String name) throws Exception {
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] exif = TestingTiff.exif(BIG_ENDIAN, orientation);
      byte[] prefixed = TestingJpeg.joined("Exif\0\0".getBytes(ISO_8859_1), exif);
      String digits = HexFormat.of().formatHex(prefixed).replaceAll("(.{72})", "$1\n");
      byte[] text = "\n%s\n%8d\n%s\n".formatted(name, prefixed.length, digits).getBytes(ISO_8859_1);
      byte[] keyword = ("Raw profile type " + name + "\0").getBytes(ISO_8859_1);
      byte[] stored =
          TestingImages.encode(
              TestingPicture.stored(orientation, BufferedImage.TYPE_INT_RGB), "png");
      byte[] compressed = TestingJpeg.joined(new byte[1], deflated(text));

      byte[] zTxt = TestingPng.withChunk(stored, "zTXt", TestingJpeg.joined(keyword, compressed));
      byte[] tExt = TestingPng.withChunk(stored, "tEXt", TestingJpeg.joined(keyword, text));
      for (byte[] file : List.of(zTxt, tExt, TestingPng.withChunk(zTxt, "eXIf", exif))) {
        assertThat(TestingPicture.distance(decoder.decode(file))).as("%d", orientation).isZero();
      }
    }
  }

  @Test
  void aBrokenTextOfAPngIsIgnored() throws Exception {
    byte[] upright =
        TestingImages.encode(TestingPicture.upright(BufferedImage.TYPE_INT_RGB), "png");
    for (String text :
        List.of(
            "", "\n", "\nexif\n", "\nexif\n  4\n", "\nexif\n 4\nzz11", "\nexif\n 4\n4d4", "x")) {
      for (String keyword : List.of("Raw profile type exif\0", "Raw profile type exif", "\0", "")) {
        for (String chunk : List.of("zTXt", "tEXt")) {
          byte[] data = (keyword + text).getBytes(ISO_8859_1);
          byte[] file = TestingPng.withChunk(upright, chunk, data);
          assertThat(TestingPicture.distance(decoder.decode(file))).isZero();
        }
      }
    }
  }

  private static byte[] deflated(byte[] text) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(compressed)) {
      deflater.write(text);
    }
    return compressed.toByteArray();
  }

  @Test
  void aLargePhotoIsReducedAlongItsOwnSides() throws Exception {
    BufferedImage large = new BufferedImage(32 * 60, 48 * 60, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < large.getHeight(); y++) {
      for (int x = 0; x < large.getWidth(); x++) {
        large.setRGB(x, y, TestingPicture.seen(6, y / 60, x / 60));
      }
    }
    byte[] photo = TestingJpeg.withExif(TestingJpeg.encode(large), TestingTiff.exif(BIG_ENDIAN, 6));

    assertThat(TestingPicture.distance(decoder.decode(photo))).isLessThan(TOLERANCE);
  }

  private static List<byte[]> filesWith(byte[] exif) throws IOException {
    BufferedImage upright = TestingPicture.upright(BufferedImage.TYPE_INT_RGB);
    return List.of(
        TestingJpeg.withExif(TestingJpeg.encode(upright), exif),
        TestingPng.withChunk(TestingImages.encode(upright, "png"), "eXIf", exif),
        TestingWebp.encode(TestingPicture.upright(BufferedImage.TYPE_INT_ARGB), exif, null));
  }

  private static byte[] file(ImageFormat format, int orientation, ByteOrder order)
      throws IOException {
    BufferedImage stored = TestingPicture.stored(orientation, BufferedImage.TYPE_INT_RGB);
    byte[] exif = TestingTiff.exif(order, orientation);
    return switch (format) {
      case JPEG -> TestingJpeg.withExif(TestingJpeg.encode(stored), exif);
      case PNG -> TestingPng.withChunk(TestingImages.encode(stored, "png"), "eXIf", exif);
      case WEBP ->
          TestingWebp.encode(
              TestingPicture.stored(orientation, BufferedImage.TYPE_INT_ARGB), exif, null);
      case TIFF -> tiff(TestingTiff.of(order), stored, orientation);
      case BIG_TIFF -> tiff(TestingTiff.big(order), stored, orientation);
      case GIF, BMP, NETPBM -> throw new IllegalArgumentException(format + " has no EXIF");
    };
  }

  private static byte[] tiff(TestingTiff tiff, BufferedImage image, int orientation) {
    byte[] pixels = new byte[image.getWidth() * image.getHeight() * 3];
    for (int i = 0; i < pixels.length; i += 3) {
      int colour = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
      pixels[i] = (byte) (colour >> 16);
      pixels[i + 1] = (byte) (colour >> 8);
      pixels[i + 2] = (byte) colour;
    }
    return tiff.picture(image.getWidth(), image.getHeight(), 2, 3, 8, pixels)
        .with(TiffFields.ORIENTATION, TestingTiff.SHORT, orientation)
        .encode();
  }
}
