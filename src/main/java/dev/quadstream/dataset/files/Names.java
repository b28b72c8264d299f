package dev.quadstream.dataset.files;

import java.util.List;

/** Names of files below a dataset's root: folders and file with {@code /} between them. */
final class Names {

  private Names() {}

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
