package dev.quadstream.cli;

import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IdxDataset;
import dev.quadstream.dataset.ImageDataset;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A dataset as it is written on the command line: {@code icons}, a folder {@code class/image}, a
 * folder of IDX files, or an IDX file of images with one of labels.
 *
 * @param text {@code icons} or a path; {@code ./icons} is a folder of that name
 * @param labels the IDX file of labels, or null
 * @param part which part of a folder of IDX files
 */
record DatasetArgument(String text, Path labels, IdxDataset.Part part) {

  static final String ICONS = "icons";

  /** Whether the icons are meant, which can be drawn without end. */
  boolean isIcons() {
    return text.equals(ICONS);
  }

  /**
   * Opens it.
   *
   * @throws CommandException if there is nothing at the path, or it needs or refuses {@code
   *     --labels}
   * @throws dev.quadstream.dataset.DatasetException if what is there is no dataset
   */
  ImageDataset open() {
    Path path = Path.of(text);
    boolean file = !isIcons() && Files.isRegularFile(path);
    if (!file && labels != null) {
      throw CommandException.usage(
          "--labels goes with an IDX file of images, and '%s' is none.".formatted(text));
    }
    if (isIcons()) {
      return IconDataset.all();
    }
    if (file) {
      return idxFile(path);
    }
    if (!Files.isDirectory(path)) {
      throw CommandException.usage(
          "There is no dataset at '%s'. Give a folder class/image, a folder of IDX files, an IDX file with --labels, or 'icons'."
              .formatted(text));
    }
    return ImageDataset.inFolder(path, part);
  }

  private ImageDataset idxFile(Path images) {
    if (labels == null) {
      throw CommandException.usage(
          "'%s' is a file: if it holds IDX images, name the file of their labels with --labels; otherwise give a folder class/image."
              .formatted(text));
    }
    return new IdxDataset(images, labels);
  }
}
