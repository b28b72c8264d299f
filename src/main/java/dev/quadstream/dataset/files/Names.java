package dev.quadstream.dataset.files;

import java.util.List;
import java.util.function.Predicate;

/** Names of files below a dataset's root: folders and file with {@code /} between them. */
final class Names {

  /** What share of a known set's images its layout explains: people put other pictures beside. */
  private static final double MOST = 0.9;

  private Names() {}

  /** Whether there are such ones, and hardly any others. */
  static <T> boolean areMostly(List<T> all, Predicate<T> such) {
    long count = all.stream().filter(such).count();
    return count > 0 && count >= MOST * all.size();
  }

  /** The folders, from the root on; none for a file in the root. */
  static List<String> folders(String name) {
    List<String> segments = List.of(name.split("/"));
    return segments.subList(0, segments.size() - 1);
  }

  /** The file alone. */
  static String file(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The folder that holds the file, or an empty text for the root. */
  static String folder(String name) {
    List<String> folders = folders(name);
    return folders.isEmpty() ? "" : folders.get(folders.size() - 1);
  }

  /** Folders in archives end in one. */
  static String withoutSlash(String name) {
    return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
  }
}
