package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTextTest {

  private static final byte[] IMAGE = image(1_000);
  private static final String PLAIN = Base64.getEncoder().encodeToString(IMAGE);

  static Stream<String> dialects() {
    String lines = Base64.getMimeEncoder().encodeToString(IMAGE);
    return Stream.of(
        PLAIN,
        PLAIN.replace("=", ""),
        PLAIN + "\n",
        " " + PLAIN,
        lines,
        lines.replace("\r", "") + "\n",
        Base64.getUrlEncoder().encodeToString(IMAGE),
        Base64.getUrlEncoder().withoutPadding().encodeToString(IMAGE),
        "data:image/png;base64," + PLAIN,
        "b'" + PLAIN + "'",
        "b\"" + lines + "\"",
        lines.replace("\r\n", " "),
        PLAIN.replace('+', ' '),
        "DATA:;charset=utf-8;BASE64," + lines,
        HexFormat.of().formatHex(IMAGE),
        HexFormat.of().withUpperCase().formatHex(IMAGE),
        "0x" + HexFormat.of().formatHex(IMAGE),
        "\\x" + HexFormat.of().formatHex(IMAGE));
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void readsEveryDialect(String text) {
    assertThat(decode(text)).isEqualTo(IMAGE);
  }

  @Test
  void readsEveryLength() {
    for (int length = 0; length < 50; length++) {
      byte[] image = image(length);
      assertThat(decode(Base64.getEncoder().encodeToString(image))).isEqualTo(image);
      assertThat(decode(Base64.getUrlEncoder().withoutPadding().encodeToString(image)))
          .isEqualTo(image);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"iVBO*", "iVBOé", "iVBO\u0000", "=iVBO", "iVBO%2B"})
  void namesTheCharacterThatIsNotBase64(String text) {
    assertThatThrownBy(() -> decode(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not base64: character")
        .hasMessageContaining("iVBORw0KGgo…");
  }

  @Test
  void aBlankIsAPlusUnlessItEndsALine() {
    for (int length = 200; length < 260; length++) {
      for (int seed = 0; seed < 20; seed++) {
        byte[] image = image(length / 3 * 3 + 1, seed);
        image[0] = (byte) 0x89; // no image begins with what is a '+'
        String text = Base64.getEncoder().encodeToString(image);
        assertThat(decode(text.replace('+', ' '))).isEqualTo(image);
        String lines = Base64.getMimeEncoder().encodeToString(image);
        assertThat(decode(lines.replace("\r\n", " "))).isEqualTo(image);
      }
    }
  }

  @Test
  void noBytesOfAnImageAreTakenForText() {
    assertThat(ImageText.isText(IMAGE)).isFalse();
    assertThat(ImageText.isText("#define x_width 16 static char x_bits".getBytes(US_ASCII)))
        .isFalse();
    assertThat(ImageText.isText(("P2\n28\n28\n255\n" + "0\n".repeat(784)).getBytes(US_ASCII)))
        .isFalse();
    assertThat(ImageText.isText(PLAIN.getBytes(US_ASCII))).isTrue();
  }

  @Test
  void readsALargeImageInOnePass() {
    byte[] image = image(20 << 20);
    assertThat(decode(HexFormat.of().formatHex(image))).isEqualTo(image);
    assertThat(decode(Base64.getMimeEncoder().encodeToString(image))).isEqualTo(image);
  }

  @Test
  void anAddressIsNoImage() {
    assertThat(ImageText.read(" hdfs://name/a.png\n"))
        .isEqualTo(new EncodedContent.Address("hdfs://name/a.png"));
    assertThat(ImageText.isText("hdfs://name/a.png".getBytes(US_ASCII))).isTrue();
  }

  private static byte[] decode(String text) {
    return ((EncodedContent.Bytes) ImageText.read(text)).bytes();
  }

  private static byte[] image(int length) {
    return image(length, 5);
  }

  private static byte[] image(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
