package dev.quadstream.dataset.files;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.dataset.DatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lines of a dataset's text files. */
final class TextLines {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private TextLines() {}

  /**
   * The lines that are not blank, without blanks at their ends.
   *
   * @throws DatasetException if the file is neither UTF-8 nor, as its mark says, UTF-16
   */
  static List<String> of(Path file) {
    return all(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /**
   * All lines as they are, but for a byte order mark. Spreadsheets save "Unicode text" as UTF-16.
   *
   * @throws DatasetException if the file is neither UTF-8 nor, as its mark says, UTF-16
   */
  static List<String> all(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      String text = charset(bytes).newDecoder().decode(bytes).toString();
      return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).lines().toList();
    } catch (CharacterCodingException error) {
      throw new DatasetException(
          "%s is no text in UTF-8. Save it as UTF-8.".formatted(file), error);
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot read %s (%s). Check that it may be read.".formatted(file, error), error);
    }
  }

  private static Charset charset(ByteBuffer bytes) {
    int mark = bytes.limit() >= 2 ? bytes.getShort(0) & 0xFFFF : 0;
    return mark == 0xFEFF || mark == 0xFFFE ? UTF_16 : UTF_8;
  }
}
