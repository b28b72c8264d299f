package dev.quadstream.dataset.files;

import dev.quadstream.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Images that are there more than once, byte for byte. */
final class DuplicateFiles {

  private static final int HEAD = 4096;

  private DuplicateFiles() {}

  /**
   * A sentence on those of one class and one on those under two labels; none where there are none.
   */
  static List<String> warnings(List<ListedFile> files) {
    List<List<ListedFile>> same = List.of(files);
    // Each step compares only what the one before could not tell apart, so that most files are not
    // read at all.
    same = split(same, ListedFile::bytes);
    same = split(same, file -> digest(file, HEAD));
    same = split(same, file -> digest(file, Integer.MAX_VALUE));
    long copies = 0;
    long underTwoLabels = 0;
    String example = "";
    for (List<ListedFile> group : same) {
      copies += group.size() - 1;
      ListedFile first = group.get(0);
      for (ListedFile other : group) {
        if (!other.label().equals(first.label())) {
          underTwoLabels++;
          example = first.id() + " and " + other.id();
        }
      }
    }
    List<String> warnings = new ArrayList<>();
    if (copies > 0) {
      List<ListedFile> pair = same.get(0);
      warnings.add(
          String.format(
              Locale.ROOT,
              "%,d images are copies of another, byte for byte, such as %s and %s: each finds itself, so recall says little of them.",
              copies,
              pair.get(0).id(),
              pair.get(1).id()));
    }
    if (underTwoLabels > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%,d of the copies are under another label, such as %s: one of the labels is wrong.",
              underTwoLabels,
              example));
    }
    return warnings;
  }

  private static <K> List<List<ListedFile>> split(
      List<List<ListedFile>> groups, Function<ListedFile, K> key) {
    List<List<ListedFile>> split = new ArrayList<>();
    for (List<ListedFile> group : groups) {
      Map<K, List<ListedFile>> byKey = new LinkedHashMap<>();
      group.forEach(
          file -> byKey.computeIfAbsent(key.apply(file), k -> new ArrayList<>()).add(file));
      Collection<List<ListedFile>> several = byKey.values();
      several.removeIf(files -> files.size() < 2);
      split.addAll(several);
    }
    return split;
  }

  /**
   * Of one that cannot be read its id, which equals no other: that is told when it is asked for.
   */
  private static String digest(ListedFile file, int most) {
    try (InputStream input = Files.newInputStream(file.path())) {
      return Sha256.of(input.readNBytes(most));
    } catch (IOException unreadable) {
      return file.id();
    }
  }
}
