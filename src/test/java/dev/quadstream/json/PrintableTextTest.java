package dev.quadstream.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "cup", "Tasse für Öl", "猫", "می\u200cخواهم", "👩\u200d🔬", "a b\u00a0c"})
  void textStaysAsItIs(String text) {
    assertThat(PrintableText.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "'\u001b[31m', '\\u001b[31m'",
    "'\u009b2J', '\\u009b2J'",
    "'a\u202eb', 'a\\u202eb'",
    "'\u2066x', '\\u2066x'",
    "'\u2028', '\\u2028'",
    "'\uFEFFx', '\\ufeffx'",
    "'\u007f', '\\u007f'"
  })
  void whatATerminalWouldObeyIsEscaped(String text, String expected) {
    assertThat(PrintableText.of(text)).isEqualTo(expected);
  }

  @Test
  void halfASurrogatePairAndAHiddenTagAreEscaped() {
    assertThat(PrintableText.of("\ud800")).isEqualTo("\\ud800");
    assertThat(PrintableText.of(Character.toString(0xE0041))).isEqualTo("\\udb40\\udc41");
  }

  @Test
  void noControlAndNoBidirectionalCharacterIsPrintable() {
    assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT))
        .filteredOn(
            character -> Character.isISOControl(character) || isBidirectionalControl(character))
        .hasSizeGreaterThan(70)
        .noneMatch(PrintableText::isPrintable);
  }

  private static boolean isBidirectionalControl(int character) {
    return character == 0x061C
        || character == 0x200E
        || character == 0x200F
        || character >= 0x202A && character <= 0x202E
        || character >= 0x2066 && character <= 0x2069;
  }
}
