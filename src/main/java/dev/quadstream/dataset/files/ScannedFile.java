package dev.quadstream.dataset.files;

import dev.quadstream.image.FileContent;
import java.nio.file.Path;

/**
 * A file that was looked into.
 *
 * @param path where it is
 * @param name its path below the dataset's root, with {@code /} between folders, in Unicode's NFC
 * @param content what it holds
 * @param bytes its size
 * @param problem why it cannot be used, or null for an image that can
 */
record ScannedFile(Path path, String name, FileContent content, long bytes, String problem) {

  boolean isUsable() {
    return problem == null;
  }
}
