package dev.quadstream.image;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.DoubleFunction;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Files of every kind that people send, with what becomes of them; docs/images.md lists them. */
final class TestingCorpus {

  /** What becomes of a file. */
  enum Outcome {
    /** It is {@link TestingPicture}. */
    PICTURE,
    /** It is {@link #ramp}, in grey. */
    RAMP,
    REFUSED
  }

  /**
   * One file.
   *
   * @param format its format
   * @param what it is
   * @param bytes the file
   * @param outcome what becomes of it
   * @param reason why it is refused, else null
   * @param because words of the refusal's message, or a remark on how it is read
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(
      String format, String what, byte[] bytes, Outcome outcome, Reason reason, String because) {}

  /** The picture by libwebp, at quality 80. */
  private static final String LOSSY_WEBP =
      "UklGRqQAAABXRUJQVlA4IJgAAABwBwCdASowACAAAUAmJaAMkB+AGkAfgB+oECA/gH4AS5jAnwD8ANc74B+Ff6zc3ToF23/V3O+xAhb//jI7j/INXuf1AAD+8n+D68UGY50prZG+rf3j7mbAIXR6EQl7T1qnn9Lr+ZVzSP7fWi0BLnEKQKp/9MQwS07Gmad8NwaCAZ1O6a/3Vi3bNEUaLdvFQwDQ2b/8xAAAAA==";

  private static final int WIDTH = TestingPicture.WIDTH;
  private static final int HEIGHT = TestingPicture.HEIGHT;
  private static final byte[] JPEG_END = {(byte) 0xFF, (byte) 0xD9};
  private static final int GREY = 1;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int YCBCR = 6;

  private final List<Entry> entries = new ArrayList<>();
  private final BufferedImage colour = TestingPicture.upright(BufferedImage.TYPE_INT_RGB);
  private final byte[] profile = TestingProfile.redForBlue();

  private TestingCorpus() {}

  static List<Entry> entries() throws IOException {
    TestingCorpus corpus = new TestingCorpus();
    corpus.jpeg();
    corpus.png();
    corpus.gif();
    corpus.bmp();
    corpus.tiff();
    corpus.webp();
    corpus.netpbm();
    corpus.others();
    return corpus.entries;
  }

  /** The grey level of the ramp, 0 to 255. */
  static int ramp(int x, int y) {
    return x * 5 + y % 20;
  }

  private void jpeg() throws IOException {
    byte[] jpeg = TestingJpeg.encode(colour);
    byte[] progressive = TestingJpeg.encode(colour, true);
    byte[] turned =
        TestingJpeg.withExif(
            TestingJpeg.encode(TestingPicture.stored(6, BufferedImage.TYPE_INT_RGB)),
            TestingTiff.exif(BIG_ENDIAN, 6));
    picture("JPEG", "baseline", jpeg, "");
    picture("JPEG", "progressive", progressive, "");
    ramp("JPEG", "grey", TestingJpeg.encode(rampImage(BufferedImage.TYPE_BYTE_GRAY)), "");
    picture("JPEG", "held sideways, with EXIF", turned, "upright");
    picture("JPEG", "broken EXIF", TestingJpeg.withExif(jpeg, new byte[40]), "EXIF is ignored");
    picture(
        "JPEG",
        "with a colour profile",
        TestingJpeg.withSegment(
            TestingJpeg.encode(swapped()), TestingJpeg.APP2, TestingProfile.forJpeg(profile)),
        "colours become sRGB");
    picture(
        "JPEG",
        "with a film behind it (motion photo)",
        TestingJpeg.joined(jpeg, text("....ftypmp42"), new byte[50_000]),
        "the film is left out");
    picture(
        "JPEG",
        "with a second picture behind it (MPO, Ultra HDR)",
        TestingJpeg.joined(jpeg, turned),
        "the first");
    picture("JPEG", "whole but for the end marker", TestingJpeg.withoutEndMarker(jpeg), "");
    byte[] cut = Arrays.copyOf(jpeg, jpeg.length * 2 / 3);
    refused("JPEG", "cut off", cut, Reason.CORRUPT, "end before its pixels do");
    refused(
        "JPEG",
        "cut off, with an end marker",
        TestingJpeg.joined(cut, JPEG_END),
        Reason.CORRUPT,
        "end before its pixels do");
    refused(
        "JPEG",
        "cut off, with zeros to its size (disk full, download)",
        Arrays.copyOf(cut, jpeg.length),
        Reason.CORRUPT,
        "end before its pixels do");
    byte[] hole = jpeg.clone();
    Arrays.fill(hole, jpeg.length * 2 / 3, jpeg.length - JPEG_END.length, (byte) 0);
    refused(
        "JPEG",
        "zeros in place of its last third, with the end marker",
        hole,
        Reason.CORRUPT,
        "zeros stand in the middle");
    picture(
        "JPEG",
        "whole but for the end marker, with zeros behind it",
        TestingJpeg.joined(TestingJpeg.withoutEndMarker(jpeg), new byte[1_000]),
        "the zeros are left out");
    byte[] scans = Arrays.copyOf(progressive, TestingJpeg.marker(progressive, 0xDA, 3));
    refused(
        "JPEG", "progressive, without its last scans", scans, Reason.CORRUPT, "ends in the middle");
    refused(
        "JPEG",
        "arithmetic-coded",
        frame(jpeg, 0xC9),
        Reason.UNSUPPORTED,
        "an arithmetic-coded JPEG");
    refused("JPEG", "lossless", frame(jpeg, 0xC3), Reason.UNSUPPORTED, "a lossless JPEG");
    refused("JPEG", "hierarchical", frame(jpeg, 0xC5), Reason.UNSUPPORTED, "a hierarchical JPEG");
    refused("JPEG", "JPEG-LS", frame(jpeg, 0xF7), Reason.UNSUPPORTED, "a JPEG-LS image");
    byte[] twelve = jpeg.clone();
    twelve[TestingJpeg.marker(jpeg, 0xC0, 0) + 4] = 12;
    refused("JPEG", "12 bits a sample", twelve, Reason.UNSUPPORTED, "12 bits a sample");
  }

  private void png() throws IOException {
    byte[] png = TestingImages.encode(colour, "png");
    picture("PNG", "RGB", png, "");
    picture(
        "PNG",
        "RGBA",
        TestingImages.encode(TestingPicture.upright(BufferedImage.TYPE_INT_ARGB), "png"),
        "");
    picture("PNG", "interlaced", interlaced(), "");
    picture("PNG", "palette", palettePng(false, 1, 4), "");
    picture(
        "PNG",
        "palette, with notes out of order or broken",
        palettePng(true, 1, 4),
        "the notes are left out");
    picture(
        "PNG",
        "RGBA, and a colour declared transparent (tRNS), which must not be",
        TestingPng.withChunk(
            TestingImages.encode(TestingPicture.upright(BufferedImage.TYPE_INT_ARGB), "png"),
            "tRNS",
            new byte[6]),
        "alpha counts");
    picture("PNG", "16 bits a sample", sixteenBitPng(), "");
    picture("PNG", "RGB, one colour declared transparent (tRNS)", transparentPng(), "");
    for (int bits : new int[] {8, 16}) {
      double full = Math.pow(2, bits) - 1;
      byte[] samples =
          bits == 8 ? ramp(1, BIG_ENDIAN, v -> v * full) : ramp(2, BIG_ENDIAN, v -> v * full);
      ramp("PNG", "grey, %d bits".formatted(bits), greyPng(bits, samples), "");
    }
    ramp(
        "PNG",
        "grey, 12 bits in 16",
        greyPng(16, ramp(2, BIG_ENDIAN, v -> v * 4_095)),
        "white is 4,095 where no sample is more");
    ramp(
        "PNG",
        "grey, of linear light (gAMA 1.0)",
        TestingPng.withChunk(
            greyPng(16, ramp(2, BIG_ENDIAN, v -> 65_535 * light(v))),
            "gAMA",
            (byte) 0,
            (byte) 1,
            (byte) 0x86,
            (byte) 0xA0),
        "gamma is applied");
    picture(
        "PNG",
        "with a colour profile",
        TestingPng.withChunk(
            TestingImages.encode(swapped(), "png"), "iCCP", TestingProfile.forPng(profile)),
        "colours become sRGB");
    picture(
        "PNG",
        "palette, with a colour profile",
        TestingPng.withChunk(palettePng(false, 4, 1), "iCCP", TestingProfile.forPng(profile)),
        "colours become sRGB");
    picture(
        "PNG",
        "with a broken colour profile",
        TestingPng.withChunk(png, "iCCP", text("x\0\0broken")),
        "the profile is ignored");
    byte[] lacking = TestingProfile.forPng(TestingProfile.withoutRed());
    picture(
        "PNG",
        "with a colour profile that lacks a colour",
        TestingPng.withChunk(png, "iCCP", lacking),
        "the profile is ignored");
    picture(
        "PNG",
        "held sideways, with EXIF",
        TestingPng.withChunk(
            TestingImages.encode(TestingPicture.stored(8, BufferedImage.TYPE_INT_RGB), "png"),
            "eXIf",
            TestingTiff.exif(LITTLE_ENDIAN, 8)),
        "upright");
    picture(
        "PNG",
        "animated (APNG)",
        TestingPng.withChunk(png, "acTL", new byte[8]),
        "the first frame");
    picture("PNG", "without its last chunk", Arrays.copyOf(png, png.length - 12), "");
    picture(
        "PNG", "with something behind it", TestingJpeg.joined(png, text("trailer")), "left out");
    refused(
        "PNG",
        "cut off",
        Arrays.copyOf(png, png.length / 2),
        Reason.CORRUPT,
        "ends within its IDAT chunk");
    byte[] flipped = png.clone();
    flipped[png.length - 30] ^= 1;
    refused(
        "PNG", "one bit changed", flipped, Reason.CORRUPT, "checksum of its IDAT chunk is wrong");
    refused(
        "PNG",
        "moved as text",
        TestingJpeg.joined(text("\u0089PNG\n\u001a\n"), png),
        Reason.CORRUPT,
        "moved as text");
    refused(
        "PNG",
        "of iPhone apps (CgBI)",
        TestingPng.begin().chunk("CgBI", new byte[4]).pixels(new byte[48], 48),
        Reason.UNSUPPORTED,
        "CgBI");
    refused(
        "PNG",
        "announces 60,000 x 60,000 pixels",
        TestingImages.pngHeader(60_000, 60_000),
        Reason.TOO_MANY_PIXELS,
        "60000 x 60000");
  }

  private void gif() throws IOException {
    BufferedImage palette = indexed();
    picture("GIF", "one frame", TestingImages.encode(palette, "gif"), "");
    byte[] animated =
        TestingImages.animatedGif(
            palette, TestingImages.filled(BufferedImage.TYPE_INT_RGB, WIDTH, HEIGHT, 0));
    picture("GIF", "animated", animated, "the first frame");
    byte[] gif = TestingImages.encode(palette, "gif");
    refused(
        "GIF",
        "cut off",
        Arrays.copyOf(gif, gif.length / 2),
        Reason.CORRUPT,
        "damaged or truncated");
  }

  private void bmp() throws IOException {
    picture("BMP", "24 bits", TestingBmp.rgb(0, 54), "");
    picture(
        "BMP",
        "24 bits, announces 16,777,216 colours",
        TestingBmp.rgb(1 << 24, 54),
        "the count is ignored");
    picture("BMP", "24 bits, announces -1 colours", TestingBmp.rgb(-1, 54), "the count is ignored");
    picture("BMP", "does not say where its pixels are", TestingBmp.rgb(0, 0), "behind its header");
    byte[] sizeless = TestingBmp.rgb(0, 54);
    Arrays.fill(sizeless, 2, 6, (byte) 0);
    picture("BMP", "does not say how long it is", sizeless, "");
    picture("BMP", "32 bits, alpha is 0 everywhere", TestingBmp.withAlpha(0), "opaque");
    picture("BMP", "32 bits with alpha, of Photoshop", TestingBmp.ofPhotoshop(), "over the ground");
    picture("BMP", "32 bits, opaque", TestingBmp.withAlpha(255), "");
    picture(
        "BMP",
        "with a colour profile (V5)",
        TestingBmp.withProfile(profile),
        "colours become sRGB");
    byte[] planeless = TestingBmp.rgb(0, 54);
    planeless[26] = 0;
    picture("BMP", "announces 0 planes", planeless, "the count is ignored");
    picture("BMP", "palette", TestingBmp.palette(8), "");
    picture(
        "BMP",
        "palette, announces 2,147,483,647 colours",
        TestingBmp.palette(Integer.MAX_VALUE),
        "those that are there");
    picture("BMP", "RLE8", written(indexed(), "bmp", "BI_RLE8"), "");
    byte[] bmp = TestingBmp.rgb(0, 54);
    refused(
        "BMP",
        "cut off",
        Arrays.copyOf(bmp, bmp.length / 2),
        Reason.CORRUPT,
        "damaged or truncated");
    refused(
        "BMP",
        "a PNG file within",
        TestingBmp.compressed(0, 5),
        Reason.UNSUPPORTED,
        "a JPEG or PNG file in it");
    refused(
        "BMP",
        "RLE24 of OS/2",
        TestingBmp.compressed(24, 4),
        Reason.UNSUPPORTED,
        "compressed as OS/2 does (RLE24)");
  }

  private void tiff() throws IOException {
    picture("TIFF", "RGB, little-endian", rgbTiff(TestingTiff.of(LITTLE_ENDIAN)).encode(), "");
    picture("TIFF", "RGB, big-endian", rgbTiff(TestingTiff.of(BIG_ENDIAN)).encode(), "");
    picture("TIFF", "BigTIFF", rgbTiff(TestingTiff.big(LITTLE_ENDIAN)).encode(), "");
    for (String compression : new String[] {"LZW", "PackBits", "Deflate", "ZLib", "JPEG"}) {
      picture("TIFF", "RGB, " + compression, written(colour, "tiff", compression), "");
    }
    picture("TIFF", "palette", written(indexed(), "tiff", "LZW"), "");
    picture("TIFF", "held sideways", sidewaysTiff(), "upright");
    picture("TIFF", "with a colour profile", profileTiff(), "colours become sRGB");
    byte[] lacking =
        rgbTiff(TestingTiff.of(LITTLE_ENDIAN))
            .with(TiffFields.PROFILE, TestingTiff.UNDEFINED, longs(TestingProfile.withoutRed()))
            .encode();
    picture("TIFF", "with a colour profile that lacks a colour", lacking, "the profile is ignored");
    picture("TIFF", "palette, with a colour profile", palettedTiff(), "colours become sRGB");
    picture("TIFF", "RGB, JPEG, with a colour profile", jpegTiff(), "colours become sRGB");
    picture(
        "TIFF",
        "RGB and a fourth sample that is not declared",
        fourTiff(0x40, -1),
        "the sample is ignored");
    picture(
        "TIFF",
        "RGB and a fourth sample declared as unspecified",
        fourTiff(0x40, 0),
        "the sample is ignored");
    picture("TIFF", "RGB and alpha (unassociated)", fourTiff(0xFF, 2), "over the ground");
    picture("TIFF", "RGB and alpha (associated)", fourTiff(0xFF, 1), "over the ground");
    for (ByteOrder order : new ByteOrder[] {LITTLE_ENDIAN, BIG_ENDIAN}) {
      String end = order == LITTLE_ENDIAN ? "little-endian" : "big-endian";
      ramp(
          "TIFF", "grey, 16 bits, " + end, grey(order, 16, 1, ramp(2, order, v -> v * 65_535)), "");
      ramp(
          "TIFF",
          "grey, 32 bits, " + end,
          grey(order, 32, 1, ramp(4, order, v -> v * 4_294_967_295.0)),
          "");
      ramp(
          "TIFF",
          "grey, float, " + end,
          grey(order, 32, 3, floats(order, v -> (float) v)),
          "black is 0, white is 1");
    }
    ramp(
        "TIFF",
        "grey, 8 bits",
        grey(LITTLE_ENDIAN, 8, 1, ramp(1, LITTLE_ENDIAN, v -> v * 255)),
        "");
    ramp(
        "TIFF",
        "grey, 8 bits, white is 0",
        rampTiff(LITTLE_ENDIAN, 0, 8, 1, ramp(1, LITTLE_ENDIAN, v -> 255 - v * 255)).encode(),
        "");
    ramp(
        "TIFF",
        "grey, 12 bits in 16",
        grey(LITTLE_ENDIAN, 16, 1, ramp(2, LITTLE_ENDIAN, v -> v * 4_095)),
        "white is 4,095 where no sample is more");
    ramp(
        "TIFF",
        "grey, 10 bits in 16, declared (MaxSampleValue)",
        rampTiff(LITTLE_ENDIAN, GREY, 16, 1, ramp(2, LITTLE_ENDIAN, v -> v * 1_023))
            .with(TiffFields.LARGEST_SAMPLE, TestingTiff.SHORT, 1_023)
            .encode(),
        "");
    ramp(
        "TIFF",
        "grey, 16 bits in 32",
        grey(LITTLE_ENDIAN, 32, 1, ramp(4, LITTLE_ENDIAN, v -> v * 65_535)),
        "white is 65,535 where no sample is more");
    ramp(
        "TIFF",
        "grey, float of 64 bits",
        grey(LITTLE_ENDIAN, 64, 3, doubles()),
        "black is 0, white is 1");
    refused(
        "TIFF",
        "grey, float, beyond 0 to 1",
        grey(LITTLE_ENDIAN, 32, 3, floats(LITTLE_ENDIAN, v -> (float) v * 300 - 20)),
        Reason.UNSUPPORTED,
        "float samples from");
    refused(
        "TIFF",
        "grey, float, not a number",
        grey(LITTLE_ENDIAN, 32, 3, floats(LITTLE_ENDIAN, v -> v > 0.5 ? Float.NaN : 0)),
        Reason.UNSUPPORTED,
        "float samples from");
    refused(
        "TIFF",
        "grey, with signs",
        grey(LITTLE_ENDIAN, 16, 2, ramp(2, LITTLE_ENDIAN, v -> v * 9_000)),
        Reason.UNSUPPORTED,
        "samples have signs");
    refused(
        "TIFF",
        "grey, whole numbers of 64 bits",
        grey(LITTLE_ENDIAN, 64, 1, ramp(8, LITTLE_ENDIAN, v -> v)),
        Reason.UNSUPPORTED,
        "64 bits a sample");
    refused(
        "TIFF",
        "grey, 24 bits, little-endian",
        grey(LITTLE_ENDIAN, 24, 1, new byte[WIDTH * HEIGHT * 3]),
        Reason.UNSUPPORTED,
        "little-endian TIFF image of 24 bits");
    refused(
        "TIFF",
        "RGB, 4 bits, little-endian",
        TestingTiff.of(LITTLE_ENDIAN)
            .picture(WIDTH, HEIGHT, RGB, 3, 4, new byte[WIDTH * HEIGHT * 3 / 2])
            .encode(),
        Reason.UNSUPPORTED,
        "little-endian TIFF image of 4 bits");
    refused(
        "TIFF",
        "grey and alpha, white is 0",
        TestingTiff.of(BIG_ENDIAN)
            .picture(WIDTH, HEIGHT, 0, 2, 8, new byte[WIDTH * HEIGHT * 2])
            .with(TiffFields.EXTRA_SAMPLES, TestingTiff.SHORT, 2)
            .encode(),
        Reason.UNSUPPORTED,
        "alpha whose white is 0");
    refused(
        "TIFF",
        "complex numbers",
        grey(LITTLE_ENDIAN, 32, 5, ramp(4, LITTLE_ENDIAN, v -> v)),
        Reason.UNSUPPORTED,
        "complex numbers");
    refused(
        "TIFF",
        "compressed as JPEG 2000",
        rgbTiff(TestingTiff.of(LITTLE_ENDIAN))
            .with(TiffFields.COMPRESSION, TestingTiff.LONG, 34_712)
            .encode(),
        Reason.UNSUPPORTED,
        "compressed as JPEG 2000");
    refused(
        "TIFF",
        "compressed as Zstandard",
        rgbTiff(TestingTiff.of(LITTLE_ENDIAN))
            .with(TiffFields.COMPRESSION, TestingTiff.LONG, 50_000)
            .encode(),
        Reason.UNSUPPORTED,
        "compressed as Zstandard");
    refused(
        "TIFF",
        "compressed in a way that nobody knows",
        rgbTiff(TestingTiff.of(LITTLE_ENDIAN))
            .with(TiffFields.COMPRESSION, TestingTiff.LONG, 60_001)
            .encode(),
        Reason.UNSUPPORTED,
        "Unknown TIFF Compression");
    refused(
        "TIFF",
        "raw file of a camera (DNG)",
        rgbTiff(TestingTiff.of(LITTLE_ENDIAN))
            .with(TiffFields.DNG_VERSION, TestingTiff.BYTE, 1, 4, 0, 0)
            .encode(),
        Reason.UNSUPPORTED,
        "a raw file of a camera");
    byte[] whole = rgbTiff(TestingTiff.of(LITTLE_ENDIAN)).encode();
    refused(
        "TIFF",
        "cut off",
        Arrays.copyOf(whole, whole.length / 2),
        Reason.CORRUPT,
        "damaged or truncated");
  }

  private void webp() throws IOException {
    BufferedImage opaque = TestingPicture.upright(BufferedImage.TYPE_INT_ARGB);
    picture("WebP", "lossless", TestingWebp.encode(opaque), "");
    picture("WebP", "lossy", Base64.getDecoder().decode(LOSSY_WEBP), "");
    BufferedImage second = TestingPicture.stored(3, BufferedImage.TYPE_INT_ARGB);
    picture("WebP", "animated", TestingWebp.animated(opaque, second), "the first frame");
    byte[] exif = TestingTiff.exif(LITTLE_ENDIAN, 3);
    picture(
        "WebP",
        "held upside down, with EXIF",
        TestingWebp.encode(TestingPicture.stored(3, BufferedImage.TYPE_INT_ARGB), exif, null),
        "upright");
    BufferedImage stored = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_ARGB);
    stored.createGraphics().drawImage(swapped(), 0, 0, null);
    picture(
        "WebP",
        "with a colour profile",
        TestingWebp.encode(stored, null, profile),
        "colours become sRGB");
    byte[] webp = TestingWebp.encode(opaque);
    refused(
        "WebP",
        "cut off",
        Arrays.copyOf(webp, webp.length / 2),
        Reason.CORRUPT,
        "damaged or truncated");
  }

  private void netpbm() {
    byte[] colours = TestingJpeg.joined(text("P6\n48 32\n255\n"), rgb());
    picture("Netpbm", "PPM", colours, "");
    byte[] eight = ramp(1, BIG_ENDIAN, v -> v * 255);
    ramp("Netpbm", "PGM", TestingJpeg.joined(text("P5\n48 32\n255\n"), eight), "");
    byte[] twelve = ramp(2, BIG_ENDIAN, v -> v * 4_095);
    ramp("Netpbm", "PGM, up to 4,095", TestingJpeg.joined(text("P5\n48 32\n4095\n"), twelve), "");
    for (int largest : new int[] {1, 129, 200, 40_000}) {
      picture("Netpbm", "PPM, up to %,d".formatted(largest), netpbm("P6", largest, rgb()), "");
      picture(
          "Netpbm", "PPM, plain, up to %,d".formatted(largest), netpbm("P3", largest, rgb()), "");
    }
    for (int largest : new int[] {129, 200, 40_000}) {
      ramp("Netpbm", "PGM, up to %,d".formatted(largest), netpbm("P5", largest, eight), "");
      ramp("Netpbm", "PGM, plain, up to %,d".formatted(largest), netpbm("P2", largest, eight), "");
    }
    refused(
        "Netpbm",
        "cut off",
        Arrays.copyOf(colours, colours.length / 2),
        Reason.CORRUPT,
        "damaged or truncated");
  }

  /** These levels of 0 to 255 in a file whose white is another number. */
  private static byte[] netpbm(String kind, int largest, byte[] levels) {
    boolean plain = kind.equals("P2") || kind.equals("P3");
    ByteArrayOutputStream samples = new ByteArrayOutputStream();
    for (byte level : levels) {
      int sample = Math.round((level & 0xFF) * largest / 255f);
      if (plain) {
        samples.writeBytes(text(sample + "\n"));
      } else if (largest > 255) {
        samples.write(sample >> 8);
      }
      if (!plain) {
        samples.write(sample);
      }
    }
    byte[] header = text("%s # 1 note\r\n48#2\n32\t%d\n".formatted(kind, largest));
    return TestingJpeg.joined(header, samples.toByteArray());
  }

  private void others() {
    refused(
        "others",
        "HEIC",
        text("\0\0\0\u0018ftypheic\0\0\0\0mif1heic"),
        Reason.UNSUPPORTED,
        "a HEIC image");
    refused(
        "others",
        "AVIF",
        text("\0\0\0\u0018ftypavif\0\0\0\0avifmif1"),
        Reason.UNSUPPORTED,
        "an AVIF image");
    refused(
        "others", "JPEG XL", text("\u00ff\n\0\0\0\0\0\0"), Reason.UNSUPPORTED, "a JPEG XL image");
    refused(
        "others",
        "JPEG XL in boxes",
        text("\0\0\0\fJXL \r\n\u0087\n"),
        Reason.UNSUPPORTED,
        "a JPEG XL image");
    refused(
        "others",
        "JPEG 2000",
        text("\0\0\0\fjP  \r\n\u0087\n"),
        Reason.UNSUPPORTED,
        "a JPEG 2000 image");
    refused(
        "others", "JPEG XR", text("II\u00bc\u0001\0\0\0\0"), Reason.UNSUPPORTED, "a JPEG XR image");
    refused(
        "others",
        "Photoshop",
        text("8BPS\0\u0001\0\0"),
        Reason.UNSUPPORTED,
        "a Photoshop document");
    refused("others", "PDF", text("%PDF-1.7\n"), Reason.UNSUPPORTED, "a PDF document");
    refused(
        "others",
        "SVG",
        text("<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Reason.UNSUPPORTED,
        "an SVG image");
    refused(
        "others",
        "Windows icon",
        text("\0\0\u0001\0\u0001\0\u0010\u0010"),
        Reason.UNSUPPORTED,
        "a Windows icon");
    refused(
        "others", "PAM", text("P7\nWIDTH 9\n"), Reason.UNSUPPORTED, "a Netpbm image with alpha");
    refused(
        "others",
        "DICOM",
        TestingJpeg.joined(new byte[128], text("DICM")),
        Reason.UNSUPPORTED,
        "a DICOM image");
    refused(
        "others",
        "raw file of a camera",
        text("FUJIFILMCCD-RAW 0201"),
        Reason.UNSUPPORTED,
        "a raw file of a camera");
    refused(
        "others",
        "film",
        text("\0\0\0\u0018ftypisom\0\0\0\0"),
        Reason.UNSUPPORTED,
        "a video or audio file");
    refused(
        "others",
        "web page in place of a picture",
        text("<!DOCTYPE html><html>403"),
        Reason.UNSUPPORTED,
        "an HTML page");
    refused(
        "others",
        "pointer of Git LFS",
        text("version https://git-lfs.github.com/spec/v1\n"),
        Reason.UNSUPPORTED,
        "Git LFS");
    refused(
        "others",
        "zip archive",
        text("PK\u0003\u0004\0\0\0\0"),
        Reason.UNSUPPORTED,
        "a zip archive");
    refused(
        "others",
        "picture in base64",
        text("iVBORw0KGgoAAAANSUhEUgAA"),
        Reason.UNSUPPORTED,
        "a PNG in base64");
    refused(
        "others",
        "picture behind a byte order mark",
        text("\u00ef\u00bb\u00bf\u0089PNG\r\n"),
        Reason.UNSUPPORTED,
        "byte order mark");
    refused(
        "others",
        "picture behind blank lines",
        text("\r\n\u00ff\u00d8\u00ff\u00e0"),
        Reason.UNSUPPORTED,
        "blank lines");
    refused(
        "others",
        "an HTTP answer",
        text("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u0089PNG"),
        Reason.UNSUPPORTED,
        "an HTTP answer with its headers");
    refused(
        "others",
        "an uploaded form",
        text("--x\r\nContent-Type: image/png\r\n\r\n\u0089PNG"),
        Reason.UNSUPPORTED,
        "an uploaded form (multipart)");
    refused(
        "others",
        "Python pickle",
        text("\u0080\u0004\u0095\u0010\0\0\0"),
        Reason.UNSUPPORTED,
        "a Python pickle");
    refused(
        "others",
        "Avro",
        text("\0\0\0\0\u0007\u000ccup-17"),
        Reason.UNSUPPORTED,
        "what a schema registry's serializer writes");
    refused(
        "others",
        "Targa",
        TestingJpeg.joined(text("\0\0\u0002\0\0\0\0\0\0\0\0\0P\0 \0\u0018\0"), rgb()),
        Reason.UNSUPPORTED,
        "a Targa image");
    refused("others", "DPX", text("SDPX\0\0 \0V1.0"), Reason.UNSUPPORTED, "a DPX or Cineon image");
    refused("others", "XPM", text("/* XPM */\nstatic"), Reason.UNSUPPORTED, "an X11 image");
    refused(
        "others",
        "Thumbs.db",
        text("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1"),
        Reason.UNSUPPORTED,
        "a file of Windows or of Office");
    refused("others", "zeros alone", new byte[2_000], Reason.CORRUPT, "nothing but zeros");
    refused(
        "others",
        "text",
        text("a photo of a cat"),
        Reason.UNKNOWN_FORMAT,
        "in no known image format");
    refused("others", "nothing", new byte[0], Reason.EMPTY, "0 bytes");
  }

  private void picture(String format, String what, byte[] bytes, String remark) {
    entries.add(new Entry(format, what, bytes, Outcome.PICTURE, null, remark));
  }

  private void ramp(String format, String what, byte[] bytes, String remark) {
    entries.add(new Entry(format, what, bytes, Outcome.RAMP, null, remark));
  }

  private void refused(String format, String what, byte[] bytes, Reason reason, String because) {
    entries.add(new Entry(format, what, bytes, Outcome.REFUSED, reason, because));
  }

  private static byte[] frame(byte[] jpeg, int marker) {
    byte[] changed = jpeg.clone();
    changed[TestingJpeg.marker(jpeg, 0xC0, 0) + 1] = (byte) marker;
    return changed;
  }

  /** The picture as a file with {@link TestingProfile} stores it. */
  private static BufferedImage swapped() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int colour = TestingPicture.colour(x, y);
        image.setRGB(x, y, (colour & 0xFF) << 16 | colour & 0xFF00 | colour >> 16);
      }
    }
    return image;
  }

  private static BufferedImage indexed() {
    return TestingPicture.upright(BufferedImage.TYPE_BYTE_INDEXED);
  }

  private static BufferedImage rampImage(int type) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.getRaster().setSample(x, y, 0, ramp(x, y));
      }
    }
    return image;
  }

  private static byte[] palettePng(boolean odd, int blue, int red) {
    byte[] palette = new byte[24];
    byte[] indices = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < 8; i++) {
      palette[3 * i] = (byte) ((i & red) / red * 255);
      palette[3 * i + 1] = (byte) ((i & 2) / 2 * 255);
      palette[3 * i + 2] = (byte) ((i & blue) / blue * 255);
    }
    for (int i = 0; i < indices.length; i++) {
      int colour = TestingPicture.colour(i % WIDTH, i / WIDTH);
      indices[i] = (byte) (colour >> 16 & 4 | colour >> 8 & 2 | colour & 1);
    }
    TestingPng png = TestingPng.header(WIDTH, HEIGHT, 8, TestingPng.PALETTE);
    if (odd) {
      png.chunk("bKGD", (byte) 200, (byte) 1, (byte) 2)
          .chunk("tIME", (byte) 0)
          .chunk("hIST", (byte) 1)
          .chunk("zTXt", text("no end of its name"))
          .chunk("pHYs", (byte) 1)
          .chunk("iCCP", text("broken"))
          .chunk("sBIT")
          .chunk("tRNS", new byte[8]);
    }
    png.chunk("PLTE", palette);
    if (odd) {
      png.chunk("PLTE", new byte[24]);
    }
    return png.pixels(indices, WIDTH);
  }

  private static byte[] sixteenBitPng() {
    byte[] samples = new byte[WIDTH * HEIGHT * 6];
    for (int i = 0; i < samples.length; i++) {
      int pixel = i / 6;
      int colour = TestingPicture.colour(pixel % WIDTH, pixel / WIDTH);
      samples[i] = (byte) (colour >> (16 - i % 6 / 2 * 8));
    }
    return TestingPng.header(WIDTH, HEIGHT, 16, TestingPng.RGB).pixels(samples, WIDTH * 6);
  }

  /** White is the transparent colour, and lies over white. */
  private static byte[] transparentPng() {
    return TestingPng.header(WIDTH, HEIGHT, 8, TestingPng.RGB)
        .chunk("tRNS", (byte) 0, (byte) 255, (byte) 0, (byte) 255, (byte) 0, (byte) 255)
        .pixels(rgb(), WIDTH * 3);
  }

  private static byte[] greyPng(int bits, byte[] samples) {
    return TestingPng.header(WIDTH, HEIGHT, bits, TestingPng.GREY)
        .pixels(samples, WIDTH * bits / 8);
  }

  private static byte[] interlaced() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    return TestingImages.write(
        writer, TestingPicture.upright(BufferedImage.TYPE_INT_RGB), parameters);
  }

  private static byte[] written(BufferedImage image, String format, String compression)
      throws IOException {
    ImageWriter writer = TestingImages.writerOfJava(format);
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionType(compression);
    return TestingImages.write(writer, image, parameters);
  }

  private static byte[] rgb() {
    byte[] samples = new byte[WIDTH * HEIGHT * 3];
    for (int i = 0; i < samples.length; i++) {
      int pixel = i / 3;
      samples[i] = (byte) (TestingPicture.colour(pixel % WIDTH, pixel / WIDTH) >> (16 - i % 3 * 8));
    }
    return samples;
  }

  private static TestingTiff rgbTiff(TestingTiff tiff) {
    return tiff.picture(WIDTH, HEIGHT, RGB, 3, 8, rgb());
  }

  private static byte[] sidewaysTiff() {
    byte[] samples = new byte[WIDTH * HEIGHT * 3];
    for (int i = 0; i < samples.length; i++) {
      int pixel = i / 3;
      samples[i] =
          (byte) (TestingPicture.seen(6, pixel / HEIGHT, pixel % HEIGHT) >> (16 - i % 3 * 8));
    }
    return TestingTiff.of(BIG_ENDIAN)
        .picture(HEIGHT, WIDTH, RGB, 3, 8, samples)
        .with(TiffFields.ORIENTATION, TestingTiff.SHORT, 6)
        .encode();
  }

  private byte[] profileTiff() {
    byte[] samples = rgb();
    for (int i = 0; i < samples.length; i += 3) {
      byte red = samples[i];
      samples[i] = samples[i + 2];
      samples[i + 2] = red;
    }
    return TestingTiff.of(LITTLE_ENDIAN)
        .picture(WIDTH, HEIGHT, RGB, 3, 8, samples)
        .with(TiffFields.PROFILE, TestingTiff.UNDEFINED, longs(profile))
        .encode();
  }

  private byte[] palettedTiff() {
    byte[] indices = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < indices.length; i++) {
      int colour = TestingPicture.colour(i % WIDTH, i / WIDTH);
      indices[i] = (byte) (colour >> 16 & 4 | colour >> 8 & 2 | colour & 1);
    }
    long[] palette = new long[3 * 256];
    for (int i = 0; i < 8; i++) {
      palette[i] = (i & 1) * 65_535;
      palette[256 + i] = (i & 2) / 2 * 65_535;
      palette[512 + i] = (i & 4) / 4 * 65_535;
    }
    return TestingTiff.of(LITTLE_ENDIAN)
        .picture(WIDTH, HEIGHT, PALETTE, 1, 8, indices)
        .with(320, TestingTiff.SHORT, palette)
        .with(TiffFields.PROFILE, TestingTiff.UNDEFINED, longs(profile))
        .encode();
  }

  private byte[] jpegTiff() throws IOException {
    return TestingTiff.of(LITTLE_ENDIAN)
        .picture(WIDTH, HEIGHT, YCBCR, 3, 8, TestingJpeg.encode(swapped()))
        .with(TiffFields.COMPRESSION, TestingTiff.SHORT, 7)
        .with(TiffFields.PROFILE, TestingTiff.UNDEFINED, longs(profile))
        .encode();
  }

  private static long[] longs(byte[] content) {
    long[] bytes = new long[content.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = content[i];
    }
    return bytes;
  }

  private static byte[] fourTiff(int fourth, int extra) {
    byte[] rgb = rgb();
    byte[] samples = new byte[WIDTH * HEIGHT * 4];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i % 4 == 3 ? (byte) fourth : rgb[i / 4 * 3 + i % 4];
    }
    TestingTiff tiff = TestingTiff.of(LITTLE_ENDIAN).picture(WIDTH, HEIGHT, RGB, 4, 8, samples);
    return extra < 0
        ? tiff.encode()
        : tiff.with(TiffFields.EXTRA_SAMPLES, TestingTiff.SHORT, extra).encode();
  }

  private static byte[] grey(ByteOrder order, int bits, int sampleFormat, byte[] samples) {
    return rampTiff(order, GREY, bits, sampleFormat, samples).encode();
  }

  private static TestingTiff rampTiff(
      ByteOrder order, int photometric, int bits, int sampleFormat, byte[] samples) {
    return TestingTiff.of(order)
        .picture(WIDTH, HEIGHT, photometric, 1, bits, samples)
        .with(TiffFields.SAMPLE_FORMAT, TestingTiff.SHORT, sampleFormat);
  }

  /** The ramp in whole numbers of so many bytes; {@code sample} gets 0 to 1. */
  private static byte[] ramp(int bytes, ByteOrder order, DoubleFunction<Double> sample) {
    return samples(
        bytes,
        order,
        (buffer, level) -> {
          long value = Math.round(sample.apply(level));
          switch (bytes) {
            case 1 -> buffer.put((byte) value);
            case 2 -> buffer.putShort((short) value);
            default -> buffer.putInt((int) value);
          }
        });
  }

  private static byte[] floats(ByteOrder order, DoubleFunction<Float> sample) {
    return samples(4, order, (buffer, level) -> buffer.putFloat(sample.apply(level)));
  }

  private static byte[] doubles() {
    return samples(8, LITTLE_ENDIAN, ByteBuffer::putDouble);
  }

  private static byte[] samples(int bytes, ByteOrder order, Sample sample) {
    ByteBuffer buffer = ByteBuffer.allocate(WIDTH * HEIGHT * bytes).order(order);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      sample.put(buffer, ramp(i % WIDTH, i / WIDTH) / 255.0);
    }
    return buffer.array();
  }

  /** IEC 61966-2-1. */
  private static double light(double encoded) {
    return encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4);
  }

  private static byte[] text(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private interface Sample {
    void put(ByteBuffer buffer, double level);
  }
}
