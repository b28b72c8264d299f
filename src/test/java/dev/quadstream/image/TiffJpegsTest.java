package dev.quadstream.image;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a JPEG costs does not depend on the file that it comes in. */
class TiffJpegsTest {

  private static final int SIDE = 48;
  private static final int YCBCR = 6;
  private static final int START_OF_TIFF = 8;

  private final ImageDecoder decoder =
      new ImageDecoder(new ImageShape(3, SIDE, SIDE), ImageLimits.defaults());
  private byte[] baseline;
  private byte[] progressive;

  @BeforeEach
  void encode() throws IOException {
    BufferedImage picture = TestingImages.textured(BufferedImage.TYPE_INT_RGB, SIDE, SIDE);
    baseline = TestingJpeg.encode(picture);
    progressive = TestingJpeg.encode(picture, true);
  }

  @Test
  void smallOnesAreReadOfEitherKind() throws Exception {
    assertThat(decoder.decode(tiff(progressive).encode())).isNotNull();
    assertThat(decoder.decode(tiff(baseline).encode())).isNotNull();
  }

  @Test
  void aProgressiveOneIsRefusedForTheMemoryThatItsCodecKeeps() {
    int frame = TestingJpeg.marker(progressive, 0xC2, 0);
    ByteBuffer.wrap(progressive)
        .putShort(frame + 5, (short) 7_000)
        .putShort(frame + 7, (short) 7_000);
    byte[] large =
        tiff(progressive)
            .with(TestingTiff.IMAGE_WIDTH, TestingTiff.LONG, 7_000)
            .with(257, TestingTiff.LONG, 7_000)
            .encode();
    byte[] withSmallCanvas = tiff(progressive).encode();

    assertRefused(large, "progressive");
    assertRefused(withSmallCanvas, "progressive");
  }

  /** One JPEG may serve as many tiles. */
  @Test
  void theScansOfAllTilesCountTogether() {
    long[] offsets = new long[100_000];
    Arrays.fill(offsets, START_OF_TIFF);
    long[] lengths = new long[offsets.length];
    Arrays.fill(lengths, progressive.length);
    TestingTiff tiled =
        tiff(progressive)
            .with(322, TestingTiff.LONG, SIDE)
            .with(323, TestingTiff.LONG, SIDE)
            .with(TiffFields.TILES, TestingTiff.LONG, offsets)
            .with(TiffFields.TILE_LENGTHS, TestingTiff.LONG, lengths);

    assertRefused(tiled.encode(), "scans");
  }

  /** To look at each up to its end would take the square of the file. */
  @Test
  void stripsThatLieOverOneAnotherAreRefusedSoon() {
    long[] offsets = new long[100_000];
    Arrays.setAll(offsets, i -> START_OF_TIFF + i % (baseline.length - 2));
    TestingTiff strips =
        tiff(baseline)
            .with(TiffFields.STRIPS, TestingTiff.LONG, offsets)
            .with(TiffFields.STRIP_LENGTHS, TestingTiff.LONG, new long[offsets.length]);

    assertThat(refusal(strips.encode()).reason()).isEqualTo(Reason.CORRUPT);
    assertThat(refusal(strips.encode())).hasMessageContaining("overlap");
  }

  /** Each of thousands of fields may claim all of the file, and each byte would become a number. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 4_000_000})
  void fieldsThatClaimTheSameBytesAgainAndAgainAreRefused(int values) {
    int entries = 4_000;
    ByteBuffer file = ByteBuffer.allocate(4_100_000).order(LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(START_OF_TIFF);
    file.putShort((short) (entries + 1));
    entry(file, TiffFields.COMPRESSION, TestingTiff.SHORT, 1, TiffJpegs.JPEG);
    for (int i = 0; i < entries; i++) {
      entry(file, TiffFields.STRIPS, TestingTiff.BYTE, values, 0);
    }
    TiffFields fields = TiffFields.of(file.array(), 0, file.capacity());

    assertThat(fields.all(TiffFields.STRIPS)).hasSizeLessThan(1 << 20);
    assertThatThrownBy(() -> TiffJpegs.of(file.array(), fields))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more strips or tiles");
  }

  private static void entry(ByteBuffer file, int tag, int type, int count, int value) {
    file.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
  }

  @Test
  void oneThatLacksDataIsCorruptEvenWithAnEndMarker() {
    byte[] cut =
        TestingJpeg.joined(
            Arrays.copyOf(baseline, baseline.length * 2 / 3),
            new byte[] {(byte) 0xFF, (byte) 0xD9});

    assertThat(refusal(tiff(cut).encode()).reason()).isEqualTo(Reason.CORRUPT);
  }

  private static TestingTiff tiff(byte[] jpeg) {
    return TestingTiff.of(LITTLE_ENDIAN)
        .picture(SIDE, SIDE, YCBCR, 3, 8, jpeg)
        .with(TiffFields.COMPRESSION, TestingTiff.SHORT, TiffJpegs.JPEG);
  }

  private void assertRefused(byte[] file, String why) {
    UndecodableImageException refusal = refusal(file);
    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
    assertThat(refusal).hasMessageContaining(why);
  }

  private UndecodableImageException refusal(byte[] file) {
    return catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(file));
  }
}
