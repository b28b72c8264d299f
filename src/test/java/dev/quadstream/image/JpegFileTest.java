package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegFileTest {

  private static final double TOLERANCE = 15;
  private static final int START_OF_SCAN = 0xDA;
  private static final byte[] END = {(byte) 0xFF, (byte) 0xD9};

  private final ImageDecoder decoder =
      new ImageDecoder(
          new ImageShape(3, TestingPicture.HEIGHT, TestingPicture.WIDTH), ImageLimits.defaults());
  private final ImageDecoder toNoise =
      new ImageDecoder(new ImageShape(3, 160, 160), ImageLimits.defaults());
  private final List<byte[]> sound = new ArrayList<>();

  @BeforeEach
  void encode() throws Exception {
    BufferedImage picture = TestingPicture.upright(BufferedImage.TYPE_INT_RGB);
    sound.add(TestingJpeg.encode(picture, false));
    sound.add(TestingJpeg.encode(picture, true));
  }

  @Test
  void whatStandsBehindTheEndDoesNotCount() throws Exception {
    for (byte[] jpeg : sound) {
      for (byte[] tail : tails(jpeg)) {
        assertIsThePicture(TestingJpeg.joined(jpeg, tail));
      }
    }
  }

  @Test
  void aMissingEndMarkerIsNoHarmWhereEveryPixelIsThere() throws Exception {
    for (byte[] jpeg : sound) {
      byte[] open = TestingJpeg.withoutEndMarker(jpeg);
      assertIsThePicture(open);
      for (byte[] tail : tails(jpeg)) {
        assertIsThePicture(TestingJpeg.joined(open, tail));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {35, 50, 67, 80, 90})
  void aPictureThatLacksDataIsCorruptEvenWithAnEndMarkerOrATail(int percent) {
    for (byte[] jpeg : sound) {
      int scans = TestingJpeg.marker(jpeg, START_OF_SCAN, 0);
      byte[] cut = Arrays.copyOf(jpeg, scans + (jpeg.length - scans) * percent / 100);

      for (byte[] file :
          List.of(cut, TestingJpeg.joined(cut, END), TestingJpeg.joined(cut, END, jpeg))) {
        UndecodableImageException refusal =
            catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(file));
        assertThat(refusal.reason()).isEqualTo(Reason.CORRUPT);
        assertThat(refusal).hasMessageContaining("image data").hasMessageContaining("whole file");
      }
    }
  }

  @Test
  void aHoleOfZerosIsCorruptButNotTheZerosOfAFlatPictureWithTablesOfItsOwn() throws Exception {
    byte[] jpeg = sound.get(0);
    int scan = TestingJpeg.marker(jpeg, START_OF_SCAN, 0);
    byte[] hole = jpeg.clone();
    int middle = scan + (jpeg.length - scan) / 2;
    Arrays.fill(hole, middle, middle + 200, (byte) 0);
    byte[] flat = flatWithTablesOfItsOwn();

    assertThat(catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(hole)))
        .hasMessageContaining("zeros stand in the middle of its image data");
    assertThat(new String(flat, ISO_8859_1)).contains("\0".repeat(200));
    assertThat(JpegFile.of(flat).hasHole()).isFalse();
  }

  /** The codec gives its first warning alone, which need not be that data are missing. */
  @Test
  void aPictureThatLostAPartWithinIsCorruptWhateverTheCodecSaysFirst() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    byte[] jpeg = TestingJpeg.inParts(noise());
    for (int at : places(jpeg, random)) {
      byte[] lost =
          TestingJpeg.joined(
              Arrays.copyOf(jpeg, at), Arrays.copyOfRange(jpeg, at + 900, jpeg.length));
      assertIsDamaged(lost);
      assertIsDamaged(Arrays.copyOf(lost, (at + lost.length) / 2));
      assertIsDamaged(scrambled(jpeg, at, random));
    }
  }

  @Test
  void aProgressivePictureThatIsScrambledWithinIsCorrupt() throws Exception {
    SplittableRandom random = new SplittableRandom(8);
    byte[] jpeg = TestingJpeg.encode(noise(), true);
    for (int at : places(jpeg, random)) {
      assertIsDamaged(scrambled(jpeg, at, random));
    }
  }

  private void assertIsDamaged(byte[] jpeg) {
    UndecodableImageException refusal =
        catchThrowableOfType(UndecodableImageException.class, () -> toNoise.decode(jpeg));
    assertThat(refusal).isNotNull().hasMessageContaining("image data");
    assertThat(refusal.reason()).isEqualTo(Reason.CORRUPT);
  }

  private static int[] places(byte[] jpeg, SplittableRandom random) {
    int scan = TestingJpeg.marker(jpeg, START_OF_SCAN, 0) + 14;
    return random.ints(20, scan, jpeg.length - 1_000).toArray();
  }

  private static byte[] scrambled(byte[] jpeg, int at, SplittableRandom random) {
    byte[] scrambled = jpeg.clone();
    byte[] other = new byte[500];
    random.nextBytes(other);
    System.arraycopy(other, 0, scrambled, at, other.length);
    return scrambled;
  }

  @Test
  void whatCamerasAndScannersPutBetweenTheirDataIsHarmless() throws Exception {
    byte[] jpeg = TestingJpeg.inParts(noise());
    PixelImage picture = toNoise.decode(jpeg);
    byte[] open = TestingJpeg.withoutEndMarker(jpeg);
    byte[] more = {(byte) 0xFF, (byte) 0xD7};
    int scan = TestingJpeg.marker(jpeg, START_OF_SCAN, 0);
    ByteArrayOutputStream webcam = new ByteArrayOutputStream();
    for (int i = 0; i < jpeg.length; i++) {
      boolean marker = jpeg[i] == (byte) 0xFF && i > scan && jpeg[i + 1] != 0;
      webcam.write(new byte[9], 0, marker ? 1 + i % 9 : 0);
      webcam.write(jpeg[i]);
    }
    int tables = TestingJpeg.marker(jpeg, 0xC4, 0);
    byte[] stray =
        TestingJpeg.joined(
            Arrays.copyOf(jpeg, tables),
            new byte[70],
            Arrays.copyOfRange(jpeg, tables, jpeg.length));
    byte[] junk = "a scanner's line".repeat(100).getBytes(ISO_8859_1);

    for (byte[] file :
        List.of(
            webcam.toByteArray(),
            stray,
            TestingJpeg.joined(open, new byte[8], END),
            TestingJpeg.joined(open, new byte[64], END),
            TestingJpeg.joined(open, junk, END),
            TestingJpeg.joined(open, more, END),
            TestingJpeg.joined(open, more, junk, more, junk, END))) {
      assertThat(toNoise.decode(file).pixels()).isEqualTo(picture.pixels());
    }
  }

  private static BufferedImage noise() {
    BufferedImage noise = new BufferedImage(160, 160, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 160 * 160; i++) {
      noise.setRGB(i % 160, i / 160, random.nextInt());
    }
    return noise;
  }

  private static byte[] flatWithTablesOfItsOwn() throws IOException {
    ImageWriter writer = TestingImages.writerOfJava("jpeg");
    JPEGImageWriteParam parameters = (JPEGImageWriteParam) writer.getDefaultWriteParam();
    parameters.setOptimizeHuffmanTables(true);
    BufferedImage flat = new BufferedImage(2_000, 2_000, BufferedImage.TYPE_INT_RGB);
    return TestingImages.write(writer, flat, parameters);
  }

  @Test
  void aProgressivePictureThatLacksWholeScansIsCorruptUnlessItSaysThatItEnds() throws Exception {
    byte[] jpeg = sound.get(1);
    int lastScan = -1;
    for (int i = 0; TestingJpeg.marker(jpeg, START_OF_SCAN, i) >= 0; i++) {
      lastScan = TestingJpeg.marker(jpeg, START_OF_SCAN, i);
    }
    byte[] cut = Arrays.copyOf(jpeg, lastScan);

    assertThat(catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(cut)))
        .hasMessageContaining("middle of its image data");
    assertIsThePicture(TestingJpeg.joined(cut, END));
  }

  @Test
  void scansAndCoefficientsAreCountedWithoutDecoding() throws Exception {
    JpegFile baseline = JpegFile.of(sound.get(0));
    JpegFile progressive = JpegFile.of(sound.get(1));

    assertThat(baseline.coefficientBytes()).isZero();
    assertThat(progressive.scannedBlocks()).isGreaterThan(5 * baseline.scannedBlocks());
    // 3 x 2 blocks of 16 x 16 pixels: four of luma and two of chroma, 64 coefficients of 2 bytes.
    assertThat(progressive.coefficientBytes()).isEqualTo(3 * 2 * 6 * 64 * 2);
  }

  /** 49 megapixels within the limit on pixels took 290 MB of native memory. */
  @Test
  void aProgressivePictureIsRefusedForTheMemoryThatItsCodecKeeps() {
    byte[] large = sound.get(1).clone();
    int frame = TestingJpeg.marker(large, 0xC2, 0);
    ByteBuffer.wrap(large).putShort(frame + 5, (short) 7_000).putShort(frame + 7, (short) 7_000);

    UndecodableImageException refusal =
        catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(large));

    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    assertThat(refusal).hasMessageContaining("7000 x 7000").hasMessageContaining("progressive");
  }

  @Test
  void whereNoPictureIsTooLargeAProgressiveOneIsNotEither() throws Exception {
    ImageDecoder boundless =
        new ImageDecoder(
            new ImageShape(3, 8, 8), new ImageLimits(Integer.MAX_VALUE, Long.MAX_VALUE));

    assertThat(boundless.decode(sound.get(1))).isNotNull();
  }

  /** 355 kB took 110 seconds: a tenth of a second for each scan over a large picture. */
  @Test
  void aPictureOfVeryManyScansIsRefusedBeforeItIsDecoded() {
    byte[] progressive = sound.get(1);
    int scan = TestingJpeg.marker(progressive, START_OF_SCAN, 1);
    int next = TestingJpeg.marker(progressive, START_OF_SCAN, 2);
    byte[] shortest = Arrays.copyOfRange(progressive, scan, scan + 11);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.write(progressive, 0, next);
    for (int i = 0; i < 120_000; i++) {
      many.writeBytes(shortest);
    }
    many.write(progressive, next, progressive.length - next);

    UndecodableImageException refusal =
        catchThrowableOfType(
            UndecodableImageException.class, () -> decoder.decode(many.toByteArray()));

    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    assertThat(refusal).hasMessageContaining("scans");
  }

  @Test
  void formsThatNoCodecReadsAreNamed() {
    Map<Integer, String> names =
        Map.of(
            0xC3, "lossless",
            0xC5, "hierarchical",
            0xC9, "arithmetic-coded",
            0xCA, "arithmetic-coded",
            0xCB, "arithmetic-coded",
            0xCD, "hierarchical",
            0xDE, "hierarchical",
            0xF7, "JPEG-LS");
    names.forEach(
        (frame, name) -> {
          byte[] jpeg = sound.get(0).clone();
          jpeg[TestingJpeg.marker(jpeg, 0xC0, 0) + 1] = frame.byteValue();
          assertUnsupported(jpeg, name);
        });
    byte[] twelveBits = sound.get(0).clone();
    twelveBits[TestingJpeg.marker(twelveBits, 0xC0, 0) + 4] = 12;
    assertUnsupported(twelveBits, "12 bits a sample");
    byte[] heightLater = sound.get(0).clone();
    Arrays.fill(
        heightLater,
        TestingJpeg.marker(heightLater, 0xC0, 0) + 5,
        TestingJpeg.marker(heightLater, 0xC0, 0) + 7,
        (byte) 0);
    assertUnsupported(heightLater, "height behind its data");
  }

  private void assertUnsupported(byte[] jpeg, String name) {
    UndecodableImageException refusal =
        catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(jpeg));
    assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(refusal).hasMessageContaining(name).hasMessageContaining("send PNG");
  }

  private void assertIsThePicture(byte[] jpeg) throws Exception {
    assertThat(TestingPicture.distance(decoder.decode(jpeg))).isLessThan(TOLERANCE);
  }

  /** Films, notes, second pictures, padding, and bytes that look like scans. */
  private static List<byte[]> tails(byte[] jpeg) {
    byte[] noise = new byte[200_000];
    new SplittableRandom(3).nextBytes(noise);
    byte[] film =
        TestingJpeg.joined(
            new byte[] {0, 0, 0, 24},
            "ftypmp42".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            noise);
    return List.of(
        film,
        noise,
        jpeg,
        new byte[4_096],
        "trailer".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        new byte[] {(byte) 0xFF, (byte) START_OF_SCAN, 7, 7, 7},
        new byte[] {(byte) 0xFF},
        TestingJpeg.joined(
            "SEFH".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            Arrays.copyOfRange(noise, 0, 3_000),
            "SEFT".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
  }
}
