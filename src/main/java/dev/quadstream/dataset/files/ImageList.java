package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import dev.quadstream.image.FileContent;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A list {@code path,label[,camera,split,captured-at]}: with commas, semicolons or tabs as CSV, or
 * with blanks between path and label. A header names its columns and may order them otherwise.
 */
final class ImageList implements FileNaming {

  private static final List<String> ENDINGS =
      List.of(".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG", ".webp", ".bmp", ".tif", ".tiff");

  /** What the header captured-at may say: up to 15 digits, and no time in seconds since 2001. */
  private static final long LATEST = 999_999_999_999_999L;

  private static final long EARLIEST_SECONDS = 1_000_000_000;

  private final List<ScannedFile> files;
  private final Map<String, Reading> readings;
  private final List<String> warnings;

  private ImageList(List<ScannedFile> files, Map<String, Reading> readings, List<String> warnings) {
    this.files = files;
    this.readings = readings;
    this.warnings = warnings;
  }

  /**
   * Reads a list and looks at its files.
   *
   * @throws DatasetException if it is no list, or none of its files is there
   */
  static ImageList read(Path list, DatasetOptions options) {
    ListRows rows = ListRows.of(list);
    Path root = options.root() == null ? list.toAbsolutePath().getParent() : options.root();
    List<ScannedFile> files = new ArrayList<>();
    Map<String, Reading> readings = new LinkedHashMap<>();
    List<String> contradictions = new ArrayList<>();
    for (ListRow row : rows.rows()) {
      ScannedFile file = look(root, row, options);
      Reading reading = reading(row, list);
      Reading before = readings.putIfAbsent(file.name(), reading);
      if (before == null) {
        files.add(file);
      } else if (before.label() == null) {
        readings.put(file.name(), reading);
      } else if (reading.label() != null && !reading.equals(before)) {
        contradictions.add(
            "%s lists %s as %s and in line %d as %s; the first counts."
                .formatted(
                    list.getFileName(), file.name(), text(before), row.line(), text(reading)));
      }
    }
    requireSome(list, root, files, rows);
    List<String> warnings = new ArrayList<>(rows.warnings());
    warnings.addAll(firstOf(contradictions));
    return new ImageList(List.copyOf(files), readings, List.copyOf(warnings));
  }

  private static String text(Reading reading) {
    Sighting sighting = reading.sighting();
    return "'%s'".formatted(reading.label())
        + (reading.part() == null ? "" : " of the part " + reading.part().text())
        + (sighting.camera() == null ? "" : " by camera " + sighting.camera())
        + (sighting.capturedAt() == null ? "" : " at " + sighting.capturedAt());
  }

  /** A line for each box of a detection's list would bury the survey. */
  private static List<String> firstOf(List<String> contradictions) {
    int more = contradictions.size() - 1;
    return more < 1
        ? contradictions
        : List.of(
            contradictions.get(0)
                + String.format(Locale.ROOT, " So it is with %,d lines more.", more));
  }

  List<ScannedFile> files() {
    return files;
  }

  @Override
  public Layout layout() {
    return Layout.LIST;
  }

  @Override
  public Reading read(String name) {
    return readings.get(name);
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  private static ScannedFile look(Path root, ListRow row, DatasetOptions options) {
    String written = row.path().replace('\\', '/');
    try {
      String found = written + endingOf(root.resolve(written));
      return Scan.look(root.resolve(found), nameOf(found), options.maxBytes());
    } catch (InvalidPathException impossible) {
      return new ScannedFile(
          root, written, new FileContent(null, ""), 0, "no path that can exist here");
    }
  }

  /** What is missing at the end of a file's name that is written without it; else nothing. */
  private static String endingOf(Path path) {
    if (!Files.exists(path)) {
      for (String ending : ENDINGS) {
        if (Files.exists(Path.of(path + ending))) {
          return ending;
        }
      }
    }
    return "";
  }

  /** Without what leads nowhere: {@code ./a/b.png} is {@code a/b.png}. */
  private static String nameOf(String written) {
    String name = Path.of(written).normalize().toString().replace('\\', '/');
    return Normalizer.normalize(
        name.startsWith("/") ? name.substring(1) : name, Normalizer.Form.NFC);
  }

  private static Reading reading(ListRow row, Path list) {
    if (row.label().isEmpty()) {
      return Reading.passedOver("without a label in the list");
    }
    Part part = null;
    if (!row.split().isEmpty()) {
      part =
          Part.named(row.split())
              .orElseThrow(
                  () ->
                      new DatasetException(
                          "%s, line %d: '%s' is no split. Known are train, val, test, query and gallery.%s"
                              .formatted(list, row.line(), row.split(), ifHeader(row))));
    }
    return Reading.of(
        row.label(),
        part,
        new Sighting(row.camera().isEmpty() ? null : row.camera(), capturedAt(row, list), false));
  }

  private static Long capturedAt(ListRow row, Path list) {
    String text = row.capturedAt();
    if (text.isEmpty()) {
      return null;
    }
    long time;
    try {
      time =
          text.chars().allMatch(Character::isDigit)
              ? Long.parseLong(text)
              : Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException | NumberFormatException error) {
      throw noTime(row, list, "is no time", error);
    }
    if (time < 0 || time > LATEST) {
      throw noTime(row, list, "lies before 1970 or beyond all years", null);
    }
    if (time >= EARLIEST_SECONDS && Instant.ofEpochSecond(time).isBefore(tomorrow())) {
      throw noTime(row, list, "is %s in seconds".formatted(Instant.ofEpochSecond(time)), null);
    }
    return time;
  }

  private static Instant tomorrow() {
    return Instant.now().plus(Duration.ofDays(1));
  }

  private static DatasetException noTime(ListRow row, Path list, String why, Exception cause) {
    return new DatasetException(
        "%s, line %d: '%s' %s. Give milliseconds since 1970, or such as 2026-01-31T12:00:00Z."
            .formatted(list, row.line(), row.capturedAt(), why),
        cause);
  }

  private static String ifHeader(ListRow row) {
    return row.line() == 1
        ? " If that line names the columns, call two of them 'path' and 'label'."
        : "";
  }

  private static void requireSome(Path list, Path root, List<ScannedFile> files, ListRows rows) {
    if (files.stream().anyMatch(ScannedFile::isUsable)) {
      return;
    }
    String first =
        rows.rows().isEmpty()
            ? "it has no line with a path and a label."
            : String.format(
                Locale.ROOT,
                "none of its %,d files is an image that can be read: line %d names '%s', looked for"
                    + " in %s (%s).%s",
                files.size(),
                rows.rows().get(0).line(),
                rows.rows().get(0).path(),
                root,
                files.get(0).problem(),
                ifHeader(rows.rows().get(0)));
    throw new DatasetException(
        "%s is taken for a list of images, but %s A line is path,label[,camera,split,captured-at]; --root says where paths start."
            .formatted(list, first));
  }
}
