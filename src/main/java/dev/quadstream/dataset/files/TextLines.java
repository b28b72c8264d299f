package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lines of a dataset's text files. */
final class TextLines {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private TextLines() {}

  /**
   * The lines that are not blank, without blanks at their ends.
   *
   * @throws DatasetException if the file cannot be read as UTF-8
   */
  static List<String> of(Path file) {
    return all(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /**
   * All lines as they are, but for a byte order mark.
   *
   * @throws DatasetException if the file cannot be read as UTF-8
   */
  static List<String> all(Path file) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      if (!lines.isEmpty() && lines.get(0).startsWith(BYTE_ORDER_MARK)) {
        lines.set(0, lines.get(0).substring(1));
      }
      return lines;
    } catch (MalformedInputException error) {
      throw new DatasetException(
          "%s is no text in UTF-8. Save it as UTF-8.".formatted(file), error);
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot read %s (%s). Check that it may be read.".formatted(file, error), error);
    }
  }
}
