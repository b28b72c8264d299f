package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

  private static final ImageShape GREY = new ImageShape(1, 16, 16);
  private static final ImageShape COLOUR = new ImageShape(3, 16, 16);

  /** One pixel, in the extended form of the format. */
  private static final String WEBP_ON_A_CANVAS =
      "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==";

  private final ImageDecoder toGrey = new ImageDecoder(GREY, ImageLimits.defaults());
  private final ImageDecoder toColour = new ImageDecoder(COLOUR, ImageLimits.defaults());

  @Test
  void pngOfTheTargetShapeComesBackExactly() throws Exception {
    for (ImageShape shape : List.of(GREY, COLOUR)) {
      byte[] pixels = new byte[shape.size()];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (i * 37);
      }
      PixelImage image = new PixelImage(shape, pixels);

      PixelImage decoded =
          new ImageDecoder(shape, ImageLimits.defaults()).decode(PixelImages.toPng(image));

      assertThat(decoded).isEqualTo(image);
    }
  }

  @Test
  void aPictureOfFloatsIsReadAlsoWhereItIsMuchLargerThanTheTarget() throws Exception {
    ByteBuffer floats = ByteBuffer.allocate(4 * 300 * 200).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      floats.putFloat(0.5f);
    }
    byte[] tiff =
        TestingTiff.of(ByteOrder.LITTLE_ENDIAN)
            .picture(300, 200, 1, 1, 32, floats.array())
            .with(TiffFields.SAMPLE_FORMAT, TestingTiff.SHORT, 3)
            .encode();

    assertThat(toGrey.decode(tiff).pixels()).containsOnly((byte) 128);
  }

  @Test
  void emptyBytesAreRefusedAsEmpty() {
    assertThat(refusal(toGrey, new byte[0])).isEqualTo(Reason.EMPTY);
  }

  @Test
  void garbageIsOfUnknownFormat() {
    byte[] garbage = new byte[4096];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < garbage.length; i++) {
      garbage[i] = (byte) (random.nextInt(200) + 16);
    }

    assertThat(refusal(toGrey, garbage)).isEqualTo(Reason.UNKNOWN_FORMAT);
    assertThat(refusal(toGrey, "hello".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Reason.UNKNOWN_FORMAT);
    assertThat(refusal(toGrey, new byte[] {1})).isEqualTo(Reason.UNKNOWN_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp", "tiff"})
  void aTruncatedFileIsCorruptWhereverItIsCut(String format) throws Exception {
    byte[] whole =
        TestingImages.encode(TestingImages.textured(BufferedImage.TYPE_INT_RGB, 40, 30), format);
    assertThat(toGrey.decode(whole).shape()).isEqualTo(GREY);

    for (int percent : new int[] {10, 30, 50, 70, 90}) {
      byte[] cut = Arrays.copyOf(whole, whole.length * percent / 100);
      assertThat(refusal(toGrey, cut))
          .as("%s cut at %d %%", format, percent)
          .isEqualTo(Reason.CORRUPT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp", "tiff"})
  void damagedFilesDecodeOrAreRefusedAndNeverThrowAnythingElse(String format) throws Exception {
    byte[] whole =
        TestingImages.encode(TestingImages.textured(BufferedImage.TYPE_INT_RGB, 24, 24), format);
    SplittableRandom random = new SplittableRandom(11);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 4; i++) {
        damaged[random.nextInt(Math.min(damaged.length, 200))] = (byte) random.nextInt();
      }
      try {
        assertThat(toGrey.decode(damaged).shape()).isEqualTo(GREY);
      } catch (UndecodableImageException refusal) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void aDecompressionBombIsRefusedByItsHeader() throws Exception {
    byte[] bomb = TestingImages.pngHeader(60_000, 60_000);

    UndecodableImageException refusal = refused(toGrey, bomb);

    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    assertThat(refusal).hasMessageContaining("60000 x 60000").hasMessageContaining("50000000");
  }

  /** Found by HostileRecordsIT: the canvas is one pixel, and the frame in it 16,383 × 16,383. */
  @Test
  void aWebpFrameThatIsLargerThanItsCanvasIsRefusedBeforeItIsDecoded() throws Exception {
    byte[] webp = Base64.getDecoder().decode(WEBP_ON_A_CANVAS);
    assertThat(toGrey.decode(webp).shape()).isEqualTo(GREY);
    int frame = new String(webp, ISO_8859_1).indexOf("VP8 ") + 8;
    Arrays.fill(webp, frame + 6, frame + 10, (byte) 0xFF);

    assertThat(refusal(toGrey, webp)).isEqualTo(Reason.TOO_MANY_PIXELS);
  }

  /**
   * A quarter of it is of another colour. One codec in use predicted its first block from zeros.
   */
  @Test
  void aLossyWebpHasTheColoursThatItWasWrittenWith() throws Exception {
    byte[] webp =
        Base64.getDecoder()
            .decode(
                "UklGRlAAAABXRUJQVlA4IEQAAABQAwCdASogACAAPm0wk0ckIyGhKAqogA2JYwDFBwADuVbMAAD+yL/nR0MSfhzmXpWCc+zb3/97Bf/dgv/uwX/E2feAAA==");

    PixelImage read = toColour.decode(webp);

    int area = COLOUR.height() * COLOUR.width();
    int[][] colours = {{120, 145, 156}, {16, 14, 246}};
    int[] places = {3 * COLOUR.width() + 3, area - 3 * COLOUR.width() - 4};
    for (int place = 0; place < places.length; place++) {
      for (int channel = 0; channel < 3; channel++) {
        assertThat(read.valueAt(channel * area + places[place]))
            .isCloseTo(colours[place][channel], within(8));
      }
    }
  }

  @Test
  void aPictureOfOneColourIsReadHoweverSmallItsFileIs() throws Exception {
    // 2,000 x 2,000 pixels.
    byte[] webp =
        Base64.getDecoder()
            .decode(
                "UklGRswAAABXRUJQVlA4TMAAAAAvz8fzAQdQjyJXq/8BIUHi//cmIvqf8Z///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85///Oc///nPf/7zn//85z//+c9//vOf//znP//5z3/+85//YwA=");

    assertThat(toColour.decode(webp).isOfOneColour()).isTrue();
  }

  /** Found by HostileRecordsIT: a minute of work for 34 bytes, one exception a bit. */
  @Test
  void aWebpFileThatEndsLongBeforeItsPixelsIsCorruptAtOnce() throws Exception {
    byte[] webp = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    int side = 2_499;
    ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putInt(21, side | side << 14);

    UndecodableImageException refusal = refused(toGrey, webp);

    assertThat(refusal.reason()).isEqualTo(Reason.CORRUPT);
    assertThat(refusal).hasMessageContaining("end long before its pixels do");
  }

  /** Found by HostileRecordsIT: two billion colours are 8 GB. */
  @Test
  void aBmpPaletteIsNoLongerThanItsSamplesCanTell() throws Exception {
    byte[] bmp =
        TestingImages.encode(
            TestingImages.textured(BufferedImage.TYPE_BYTE_INDEXED, 16, 16), "bmp");
    PixelImage expected = toGrey.decode(bmp);
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(46, Integer.MAX_VALUE);

    assertThat(toGrey.decode(bmp)).isEqualTo(expected);
  }

  /** Within the limit on pixels, and codecs hold whole rows: 390 kB took all of a heap. */
  @Test
  void aSingleRowOfVeryManyPixelsIsRefusedForItsMemory() throws Exception {
    UndecodableImageException refusal = refused(toGrey, TestingImages.pngHeader(50_000_000, 1));
    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    assertThat(refusal).hasMessageContaining("-Xmx");
  }

  /** 400 kB that unpack to 2.8 GB took 18 seconds. */
  @Test
  void aTiffOfVeryManySamplesIsRefusedBeforeItIsUnpacked() {
    byte[] tiff =
        TestingTiff.of(ByteOrder.LITTLE_ENDIAN)
            .picture(7_000, 1_000, 1, 200, 16, new byte[100])
            .encode();

    UndecodableImageException refusal = refused(toGrey, tiff);
    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    assertThat(refusal).hasMessageContaining("7000 x 1000").hasMessageContaining("samples");
  }

  @Test
  void aHeaderWithoutPixelsIsCorrupt() throws Exception {
    assertThat(refusal(toGrey, TestingImages.pngHeader(16, 16))).isEqualTo(Reason.CORRUPT);
  }

  @Test
  void limitsAreInclusive() throws Exception {
    byte[] png =
        TestingImages.encode(TestingImages.textured(BufferedImage.TYPE_INT_RGB, 16, 16), "png");

    assertThat(new ImageDecoder(GREY, new ImageLimits(png.length, 256)).decode(png).shape())
        .isEqualTo(GREY);
    assertThat(refusal(new ImageDecoder(GREY, new ImageLimits(png.length - 1, 256)), png))
        .isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(new ImageDecoder(GREY, new ImageLimits(png.length, 255)), png))
        .isEqualTo(Reason.TOO_MANY_PIXELS);
  }

  @Test
  void theFirstFrameOfAnAnimationIsRead() throws Exception {
    byte[] gif =
        TestingImages.animatedGif(
            TestingImages.filled(BufferedImage.TYPE_INT_RGB, 16, 16, 0x000000),
            TestingImages.filled(BufferedImage.TYPE_INT_RGB, 16, 16, 0xFFFFFF));

    assertThat(toGrey.decode(gif).pixels()).containsOnly(0);
  }

  @Test
  void sixteenBitGreyKeepsItsUpperByte() throws Exception {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_USHORT_GRAY);
    for (int x = 0; x < 16; x++) {
      for (int y = 0; y < 16; y++) {
        image.getRaster().setSample(x, y, 0, (x * 16) * 257);
      }
    }

    PixelImage decoded = toGrey.decode(TestingImages.encode(image, "png"));

    for (int x = 0; x < 16; x++) {
      assertThat(decoded.valueAt(x)).isEqualTo(x * 16);
    }
  }

  @Test
  void oneBitImagesBecomeBlackAndWhite() throws Exception {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_BINARY);
    image.setRGB(3, 5, 0xFFFFFF);

    PixelImage decoded = toGrey.decode(TestingImages.encode(image, "png"));

    assertThat(decoded.valueAt(5 * 16 + 3)).isEqualTo(255);
    assertThat(decoded.valueAt(5 * 16 + 4)).isZero();
  }

  @Test
  void aPortableGreymapIsRead() throws Exception {
    ImageShape shape = new ImageShape(1, 8, 8);
    byte[] pixels = new byte[shape.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 4);
    }
    byte[] header = "P5\n# a face\n8 8\n255\n".getBytes(US_ASCII);

    assertThat(
            new ImageDecoder(shape, ImageLimits.defaults())
                .decode(TestingJpeg.joined(header, pixels)))
        .isEqualTo(new PixelImage(shape, pixels));
  }

  @Test
  void transparencyLiesOverWhite() throws Exception {
    byte[] clear =
        TestingImages.encode(TestingImages.filled(BufferedImage.TYPE_INT_ARGB, 16, 16, 0), "png");
    byte[] half =
        TestingImages.encode(
            TestingImages.filled(BufferedImage.TYPE_INT_ARGB, 16, 16, 0x80FF0000), "png");

    assertThat(toGrey.decode(clear).pixels()).containsOnly(255);
    PixelImage pink = toColour.decode(half);
    assertThat(pink.valueAt(0)).isEqualTo(255);
    assertThat(pink.valueAt(256)).isEqualTo(127);
    assertThat(pink.valueAt(512)).isEqualTo(127);
  }

  @Test
  void colourBecomesLuma() throws Exception {
    byte[] png =
        TestingImages.encode(
            TestingImages.filled(BufferedImage.TYPE_INT_RGB, 16, 16, 0x643219), "png");

    // 0.299 * 100 + 0.587 * 50 + 0.114 * 25
    assertThat(toGrey.decode(png).pixels()).containsOnly(62);
  }

  @Test
  void cmykJpegIsReadAsColour() throws Exception {
    PixelImage paper = toColour.decode(TestingImages.cmykJpeg(16, 0, 0, 0, 0));
    PixelImage black = toColour.decode(TestingImages.cmykJpeg(16, 0, 0, 0, 255));

    assertThat(paper.valueAt(0)).isGreaterThan(240);
    assertThat(black.valueAt(0)).isLessThan(60);
  }

  @Test
  void shrinkingAveragesTheCoveredArea() throws Exception {
    BufferedImage image = new BufferedImage(40, 24, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 40; x++) {
        image.getRaster().setSample(x, y, 0, (x * 5 + y) % 256);
      }
    }

    PixelImage decoded =
        new ImageDecoder(new ImageShape(1, 8, 8), ImageLimits.defaults())
            .decode(TestingImages.encode(image, "png"));

    for (int row = 0; row < 8; row++) {
      for (int column = 0; column < 8; column++) {
        double sum = 0;
        for (int y = 0; y < 3; y++) {
          for (int x = 0; x < 5; x++) {
            sum += ((column * 5 + x) * 5 + row * 3 + y) % 256;
          }
        }
        assertThat((double) decoded.valueAt(row * 8 + column))
            .isBetween(sum / 15 - 0.51, sum / 15 + 0.51);
      }
    }
  }

  @Test
  void enlargingInterpolates() throws Exception {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(1, 0, 0, 160);

    PixelImage decoded =
        new ImageDecoder(new ImageShape(1, 8, 8), ImageLimits.defaults())
            .decode(TestingImages.encode(image, "png"));

    int[] row = new int[8];
    for (int i = 0; i < 8; i++) {
      row[i] = decoded.valueAt(i);
    }
    assertThat(row).containsExactly(0, 0, 20, 60, 100, 140, 160, 160);
  }

  @Test
  void hugeImagesWithinTheLimitKeepTheirContent() throws Exception {
    BufferedImage image = new BufferedImage(4000, 3000, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 3000; y++) {
      for (int x = 2000; x < 4000; x++) {
        image.getRaster().setSample(x, y, 0, 200);
      }
    }

    PixelImage decoded = toGrey.decode(TestingImages.encode(image, "png"));

    assertThat(decoded.valueAt(7)).isZero();
    assertThat(decoded.valueAt(8)).isEqualTo(200);
    assertThat(decoded.valueAt(255)).isEqualTo(200);
  }

  @Test
  void manyThreadsGetTheSamePixels() throws Exception {
    byte[] jpeg =
        TestingImages.encode(TestingImages.textured(BufferedImage.TYPE_INT_RGB, 50, 50), "jpeg");
    PixelImage expected = toColour.decode(jpeg);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<PixelImage>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        results.add(threads.submit(() -> toColour.decode(jpeg)));
      }
      for (Future<PixelImage> result : results) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void messagesSayWhatToDo() {
    assertThat(refused(toGrey, new byte[] {'n', 'o'}))
        .hasMessageContaining("2 bytes")
        .hasMessageContaining("6e 6f")
        .hasMessageContaining("send PNG");
  }

  private static Reason refusal(ImageDecoder decoder, byte[] encoded) {
    return refused(decoder, encoded).reason();
  }

  private static UndecodableImageException refused(ImageDecoder decoder, byte[] encoded) {
    return catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(encoded));
  }
}
