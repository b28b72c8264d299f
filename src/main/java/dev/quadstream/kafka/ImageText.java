package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quadstream.json.PrintableText;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An encoded image as text: base64 of either alphabet, with or without padding, on one line or
 * many, alone, as a data URL or as Python prints bytes; or hexadecimal, as databases write it; or
 * the address of a file in its place.
 */
final class ImageText {

  private static final String EXPECTED =
      "Expected is base64 of the image file, such as \"iVBORw0KGgo…\" for a PNG or \"/9j/4AAQ…\" for a JPEG.";
  private static final Pattern DATA_URL =
      Pattern.compile("data:[^,]{0,200},", Pattern.CASE_INSENSITIVE);
  private static final Pattern ADDRESS = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]{1,15}://|file:/");

  /** As Java writes a file's address. */
  private static final Pattern SHORT_FILE = Pattern.compile("^file:/(?!/)");

  /** With any ending: no base64 has a dot. */
  private static final Pattern FILE_NAME =
      Pattern.compile("[^\\p{Cntrl}]{1,1000}\\.[a-zA-Z][a-zA-Z0-9]{1,4}");

  private static final Pattern HEXADECIMAL_PREFIX = Pattern.compile("0[xX]|\\\\+x");
  private static final Pattern PYTHON_BYTES = Pattern.compile("b(['\"])([^'\"]*)\\1");
  private static final int BASE64_GROUP = 4;
  private static final int MIN_CHARACTERS = 32;
  private static final int MAX_ADDRESS_CHARACTERS = 2_000;
  private static final int LONGEST_START = 250;

  private ImageText() {}

  /**
   * What the text stands for: the bytes, or the address of a file.
   *
   * @throws IllegalArgumentException saying what is there and what was expected
   */
  static EncodedContent read(String text) {
    String image = text.strip();
    return isAddress(image)
        ? new EncodedContent.Address(SHORT_FILE.matcher(image).replaceFirst("file:///"))
        : new EncodedContent.Bytes(decode(image));
  }

  private static boolean isAddress(String text) {
    return text.length() <= MAX_ADDRESS_CHARACTERS && ADDRESS.matcher(text).lookingAt();
  }

  private static boolean isFileName(String text) {
    return text.length() <= MAX_ADDRESS_CHARACTERS && FILE_NAME.matcher(text).matches();
  }

  private static byte[] decode(String image) {
    if (isFileName(image)) {
      throw new IllegalArgumentException(
          "is a file's name, '%s'. Expected are its bytes in base64, or its whole address, such as s3://photos/cup.png or file:///data/cup.png, whose beginning the option image.addresses allows."
              .formatted(PrintableText.of(Excerpt.start(image))));
    }
    Matcher dataUrl = DATA_URL.matcher(image);
    if (dataUrl.lookingAt()) {
      return ofDataUrl(dataUrl.group(), image.substring(dataUrl.end()));
    }
    Matcher python = PYTHON_BYTES.matcher(image);
    return ofText(python.matches() ? python.group(2) : image);
  }

  /** Whether the bytes are nothing but lines of such text, as no image is but a plain PNM. */
  static boolean isText(byte[] value) {
    if (isPlainPnm(value)) {
      return false;
    }
    for (byte character : value) {
      if (!isBase64((char) character)
          && character != '='
          && character != '\n'
          && character != '\r') {
        return startsAsOtherText(value);
      }
    }
    return value.length >= MIN_CHARACTERS;
  }

  /** With one number a line it has no character that base64 has not; none has a line of two. */
  private static boolean isPlainPnm(byte[] value) {
    return value.length > 2
        && value[0] == 'P'
        && value[1] >= '1'
        && value[1] <= '3'
        && (value[2] == '\n' || value[2] == '\r');
  }

  private static boolean startsAsOtherText(byte[] value) {
    String start =
        new String(value, 0, Math.min(LONGEST_START, value.length), ISO_8859_1).stripLeading();
    return DATA_URL.matcher(start).lookingAt()
        || start.startsWith("b'")
        || value.length <= MAX_ADDRESS_CHARACTERS
            && isFileName(new String(value, ISO_8859_1).strip())
        || value.length <= MAX_ADDRESS_CHARACTERS && ADDRESS.matcher(start).lookingAt();
  }

  private static byte[] ofDataUrl(String head, String data) {
    if (!head.toLowerCase(Locale.ROOT).endsWith(";base64,")) {
      throw new IllegalArgumentException(
          "is a data URL '%s' that is not base64. %s".formatted(Excerpt.start(head), EXPECTED));
    }
    return ofText(data);
  }

  private static byte[] ofText(String text) {
    Matcher prefix = HEXADECIMAL_PREFIX.matcher(text);
    int digits = prefix.lookingAt() ? prefix.end() : 0;
    if (isHexadecimal(text, digits)) {
      return HexFormat.of().parseHex(text, digits, text.length());
    }
    return Base64.getDecoder().decode(compact(withPluses(text)));
  }

  /** A form that is sent with a '+' in it arrives with a blank in its place. */
  private static String withPluses(String text) {
    int first = text.indexOf(' ');
    if (first < 0 || text.indexOf('\n') >= 0) {
      return text;
    }
    int blanks = 0;
    boolean areLineEnds = first % BASE64_GROUP == 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ' ') {
        blanks++;
        areLineEnds &= i % (first + 1) == first;
      }
    }
    areLineEnds &= blanks == text.length() / (first + 1);
    boolean wholeWithoutThem = (text.length() - blanks) % BASE64_GROUP == 0;
    return areLineEnds && wholeWithoutThem ? text : text.replace(' ', '+');
  }

  // No image is base64 of nothing but these 22 characters.
  private static boolean isHexadecimal(String text, int from) {
    int digits = text.length() - from;
    return digits >= MIN_CHARACTERS
        && digits % 2 == 0
        && text.chars().skip(from).allMatch(HexFormat::isHexDigit);
  }

  /** The text in the standard alphabet, without blanks, lines and padding. */
  private static byte[] compact(String text) {
    byte[] compact = new byte[text.length()];
    int length = 0;
    boolean padded = false;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (isBlankOrPadding(character)) {
        padded |= character == '=';
      } else if (padded || !isBase64(character)) {
        throw new IllegalArgumentException(
            "is not base64: character %d is '%s'%s. %s"
                .formatted(
                    i + 1,
                    PrintableText.of(Character.toString(text.codePointAt(i))),
                    padded ? ", after the '=' that ends it" : "",
                    EXPECTED));
      } else {
        compact[length++] = (byte) standard(character);
      }
    }
    if (length % BASE64_GROUP == 1) {
      throw new IllegalArgumentException(
          "is not whole base64: %d characters, which no number of bytes has. Is its end cut off? %s"
              .formatted(length, EXPECTED));
    }
    return Arrays.copyOf(compact, length);
  }

  private static char standard(char character) {
    return switch (character) {
      case '-' -> '+';
      case '_' -> '/';
      default -> character;
    };
  }

  private static boolean isBase64(char character) {
    return character >= 'A' && character <= 'Z'
        || character >= 'a' && character <= 'z'
        || character >= '0' && character <= '9'
        || character == '+'
        || character == '/'
        || character == '-'
        || character == '_';
  }

  private static boolean isBlankOrPadding(char character) {
    return character == '='
        || character == ' '
        || character == '\n'
        || character == '\r'
        || character == '\t';
  }
}
