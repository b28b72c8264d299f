package dev.quadstream.dataset.files;

import java.util.List;

/** What the files of one dataset show, by its layout. */
interface FileNaming {

  Layout layout();

  /**
   * Reads a name.
   *
   * @param name below the dataset's root, see {@link ScannedFile#name()}
   */
  Reading read(String name);

  /** What a person should know of how the files were taken. */
  default List<String> warnings() {
    return List.of();
  }
}
