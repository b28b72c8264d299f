package dev.quadstream.dataset.files;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.quadstream.dataset.DatasetException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a list of images, with their columns told apart.
 *
 * @param rows in the file's order
 * @param warnings what a person should know of how the columns were taken
 */
record ListRows(List<ListRow> rows, List<String> warnings) {

  private static final Pattern COMMENT = Pattern.compile("\\s*#(?:\\s|#|$)");
  private static final Pattern MARKED_NAMES =
      Pattern.compile("\\s*#((?:path|file|image|img|label|class|id)[_a-z]*[,;\\t ].*)");

  private static final Pattern IMAGE_NAME =
      Pattern.compile(
          ".+\\.(?:png|jpe?g|jpe|jfif|gif|bmp|tiff?|webp|heic)", Pattern.CASE_INSENSITIVE);

  private static final String WAYS_OUT =
      "Put quotes around a path or label that holds a separator and commas or tabs between the"
          + " columns, or name them in a first line such as path,label,camera.";

  private enum Column {
    PATH(
        "path",
        "filepath",
        "file_path",
        "image_path",
        "img_path",
        "filename",
        "file_name",
        "image_name",
        "file",
        "image",
        "img",
        "image_id",
        "name",
        "id"),
    LABEL(
        "label",
        "class",
        "class_name",
        "label_group",
        "identity",
        "person_id",
        "pid",
        "vehicle_id",
        "individual_id",
        "product_id",
        "sku",
        "item_id",
        "target",
        "species",
        "breed",
        "category",
        "category_name",
        "category_id",
        "class_id",
        "landmark_id",
        "id",
        "name"),
    CAMERA("camera", "cam", "camid", "cam_id", "camera_id"),
    SPLIT("split", "set", "subset", "part", "partition", "evaluation_status"),
    CAPTURED_AT("captured_at", "capturedat", "time", "timestamp");

    /** The names that say it best come first. */
    private final List<String> names;

    Column(String... names) {
      this.names = List.of(names);
    }

    /** Where it is among columns of these names and not among those that are taken. */
    Optional<Integer> among(List<String> columns, Collection<Integer> taken) {
      return names.stream()
          .map(columns::indexOf)
          .filter(index -> index >= 0 && !taken.contains(index))
          .findFirst();
    }
  }

  /**
   * Reads a list.
   *
   * @throws DatasetException if it is no text, or a line has fewer than two columns, or other ones
   *     than the header or the first line
   */
  static ListRows of(Path list) {
    List<Line> lines = lines(list);
    if (lines.isEmpty()) {
      return new ListRows(List.of(), List.of());
    }
    Map<Column, Integer> columns = header(lines.get(0).cells());
    int first = columns.isEmpty() ? 0 : 1;
    // In-shop lists say how many lines follow before they name their columns.
    if (columns.isEmpty() && lines.get(0).cells().size() == 1 && lines.size() > 1) {
      columns = header(lines.get(1).cells());
      first = columns.isEmpty() ? 0 : 2;
    }
    List<String> warnings = List.of();
    if (first > 0) {
      requireNamed(list, lines.get(first - 1), lines.subList(first, lines.size()));
    } else {
      requireEven(list, lines);
      warnings = thirdColumn(list, lines);
      for (Column column : Column.values()) {
        columns.put(column, column.ordinal());
      }
    }
    List<ListRow> rows = new ArrayList<>();
    for (Line line : lines.subList(first, lines.size())) {
      rows.add(row(list, line, columns));
    }
    return new ListRows(List.copyOf(rows), warnings);
  }

  private record Line(int number, List<String> cells) {

    Line from(int cell) {
      return new Line(number, cells.subList(Math.min(cell, cells.size()), cells.size()));
    }

    String text() {
      return String.join(" | ", cells);
    }

    /** What is blank at a line's end, as spreadsheets leave it, is no column. */
    boolean hasMoreThan(int columns) {
      return !from(columns).cells().stream().allMatch(String::isBlank);
    }

    /** With so many cells from one on as a single one. */
    Line joined(int from, int length) {
      List<String> joined = new ArrayList<>(cells.subList(0, from));
      joined.add(String.join(" ", cells.subList(from, from + length)));
      joined.addAll(cells.subList(from + length, cells.size()));
      return new Line(number, List.copyOf(joined));
    }
  }

  /** What has no name would be dropped, and a label that holds the separator with it. */
  private static void requireNamed(Path list, Line header, List<Line> lines) {
    int named = header.cells().size();
    for (Line line : lines) {
      if (line.hasMoreThan(named)) {
        throw new DatasetException(
            "%s, line %d: '%s' has %d columns and the header, line %d, names %d. Put quotes around a path or label that holds a separator, and commas or tabs between the columns."
                .formatted(
                    list, line.number(), line.text(), line.cells().size(), header.number(), named));
      }
    }
  }

  /** Without a header, a label that holds the separator shows only where lines differ. */
  private static void requireEven(Path list, List<Line> lines) {
    Line first = lines.get(0);
    for (Line line : lines) {
      if (line.hasMoreThan(Column.values().length)) {
        throw new DatasetException(
            "%s, line %d: '%s' has %d columns, and without a header they are path,label[,camera,split,captured-at]. %s"
                .formatted(list, line.number(), line.text(), line.cells().size(), WAYS_OUT));
      }
      if (line.hasMoreThan(first.cells().size()) || first.hasMoreThan(line.cells().size())) {
        throw new DatasetException(
            "%s, line %d: '%s' has %d columns and line %d, '%s', has %d. %s"
                .formatted(
                    list,
                    line.number(),
                    line.text(),
                    line.cells().size(),
                    first.number(),
                    first.text(),
                    first.cells().size(),
                    WAYS_OUT));
      }
    }
  }

  private static List<String> thirdColumn(Path list, List<Line> lines) {
    return lines.stream()
        .filter(line -> line.hasMoreThan(Column.CAMERA.ordinal()))
        .map(line -> line.cells().get(Column.CAMERA.ordinal()).strip())
        .filter(camera -> !camera.isEmpty())
        .findFirst()
        .map(
            camera ->
                "The third column of %s, such as '%s', is taken for a camera. A first line path,label,camera says so; if it is of the label, put commas or tabs between the columns, and quotes around what holds a separator."
                    .formatted(list.getFileName(), camera))
        .stream()
        .toList();
  }

  private static List<Line> lines(Path list) {
    List<String> texts = TextLines.all(list).stream().map(ListRows::withoutComment).toList();
    char separator = separatorOf(texts.stream().filter(text -> !text.isBlank()).toList());
    CsvReader csv = new CsvReader(separator);
    List<Line> lines = new ArrayList<>();
    for (int index = 0; index < texts.size(); index++) {
      String text = texts.get(index);
      if (!text.isBlank()) {
        lines.add(
            new Line(
                index + 1,
                separator == ' ' ? List.of(text.strip().split("\\s+")) : csv.cells(list, text)));
      }
    }
    if (separator != ' ' || lines.isEmpty()) {
      return lines;
    }
    return lines.stream()
        .limit(2)
        .filter(line -> !header(line.cells()).isEmpty())
        .findFirst()
        .map(header -> withWholePathsBelow(header, lines))
        .orElseGet(() -> withWholePaths(list, lines));
  }

  /** Where a line has more columns than the header, its path may hold the blanks. */
  private static List<Line> withWholePathsBelow(Line header, List<Line> lines) {
    int path = header(header.cells()).get(Column.PATH);
    return lines.stream()
        .map(
            line -> {
              int blanks = line.cells().size() - header.cells().size();
              return blanks > 0 && lengthOfPath(line.from(path)) == blanks + 1
                  ? line.joined(path, blanks + 1)
                  : line;
            })
        .toList();
  }

  /**
   * A path may hold blanks: it ends as names of images do, or else where the last column begins.
   */
  private static List<Line> withWholePaths(Path list, List<Line> lines) {
    if (lines.stream().allMatch(line -> lengthOfPath(line) < line.cells().size())) {
      List<Line> whole = joined(lines, ListRows::lengthOfPath);
      Line first = whole.get(0);
      whole.stream()
          .filter(line -> line.cells().size() != first.cells().size())
          .findFirst()
          .ifPresent(
              other -> {
                throw new DatasetException(
                    "%s: with blanks between, line %d has %d columns and line %d has %d. Put commas or tabs between, so that labels may hold blanks and cells be empty."
                        .formatted(
                            list,
                            first.number(),
                            first.cells().size(),
                            other.number(),
                            other.cells().size()));
              });
      return whole;
    }
    boolean even = lines.stream().map(line -> line.cells().size()).distinct().count() <= 1;
    return even ? lines : joined(lines, line -> Math.max(1, line.cells().size() - 1));
  }

  /** Of how many cells the path is; all where none of them ends it. */
  private static int lengthOfPath(Line line) {
    int length = 1;
    for (String cell : line.cells()) {
      if (IMAGE_NAME.matcher(cell).matches()) {
        return length;
      }
      length++;
    }
    return line.cells().size();
  }

  private static List<Line> joined(List<Line> lines, ToIntFunction<Line> lengthOfPath) {
    return lines.stream().map(line -> line.joined(0, lengthOfPath.applyAsInt(line))).toList();
  }

  /** Empty for a comment; some put the mark of one before the names of the columns. */
  private static String withoutComment(String line) {
    if (COMMENT.matcher(line).lookingAt()) {
      return "";
    }
    Matcher names = MARKED_NAMES.matcher(line);
    return names.matches() ? names.group(1) : line;
  }

  private static final class CsvReader {

    private final ObjectReader reader;

    CsvReader(char separator) {
      this.reader =
          CsvMapper.builder()
              .enable(CsvParser.Feature.WRAP_AS_ARRAY)
              .enable(CsvParser.Feature.TRIM_SPACES)
              .build()
              .readerForListOf(String.class)
              .with(CsvSchema.emptySchema().withColumnSeparator(separator));
    }

    List<String> cells(Path list, String line) {
      try (MappingIterator<List<String>> rows = reader.readValues(line)) {
        return rows.next();
      } catch (IOException | RuntimeException error) {
        throw new DatasetException(
            "%s is no list that can be read: '%s' (%s). A line is path,label[,camera,split,captured-at]."
                .formatted(list, line, error.getMessage().lines().findFirst().orElse("")),
            error);
      }
    }
  }

  /** The one that most lines have; a blank where none has any. */
  private static char separatorOf(List<String> lines) {
    char best = ' ';
    long most = 0;
    for (char candidate : new char[] {'\t', ';', ','}) {
      long with = lines.stream().filter(line -> line.indexOf(candidate) >= 0).count();
      if (with > most && 2 * with > lines.size()) {
        best = candidate;
        most = with;
      }
    }
    return best;
  }

  /** Where the named columns are; none where path and label are not among them. */
  private static Map<Column, Integer> header(List<String> cells) {
    List<String> names =
        cells.stream()
            .map(cell -> cell.strip().toLowerCase(Locale.ROOT).replaceAll("[- ]", "_"))
            .toList();
    Map<Column, Integer> columns = new EnumMap<>(Column.class);
    for (Column column : Column.values()) {
      column.among(names, columns.values()).ifPresent(index -> columns.put(column, index));
    }
    boolean complete = columns.containsKey(Column.PATH) && columns.containsKey(Column.LABEL);
    return complete ? columns : new EnumMap<>(Column.class);
  }

  private static ListRow row(Path list, Line line, Map<Column, Integer> columns) {
    List<String> cells = line.cells();
    String path = cell(cells, columns, Column.PATH);
    if (path.isEmpty() || cells.size() < 2) {
      throw new DatasetException(
          "%s, line %d: '%s' has no path and label. A line is path,label[,camera,split,captured-at]."
              .formatted(list, line.number(), String.join(" ", cells)));
    }
    return new ListRow(
        line.number(),
        path,
        cell(cells, columns, Column.LABEL),
        cell(cells, columns, Column.CAMERA),
        cell(cells, columns, Column.SPLIT),
        cell(cells, columns, Column.CAPTURED_AT));
  }

  private static String cell(List<String> cells, Map<Column, Integer> columns, Column column) {
    Integer index = columns.get(column);
    return index == null || index >= cells.size() ? "" : cells.get(index).strip();
  }
}
