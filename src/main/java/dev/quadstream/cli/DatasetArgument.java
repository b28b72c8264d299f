package dev.quadstream.cli;

import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Datasets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A dataset as it is written on the command line: {@code icons}, or a folder, a list or an IDX file
 * of images.
 *
 * @param text {@code icons} or a path; {@code ./icons} is a folder of that name
 * @param options how it is to be read
 */
record DatasetArgument(String text, DatasetOptions options) {

  static final String ICONS = "icons";

  /** What may be given, for messages. */
  static final String KINDS =
      "a folder with a sub-folder for each class (also as zip or tar), a known benchmark's folder, a"
          + " list path,label,"
          + " IDX files (the MNIST family), or 'icons'";

  /** Whether the icons are meant, which can be drawn without end. */
  boolean isIcons() {
    return text.equals(ICONS);
  }

  /** The same dataset's other part. */
  DatasetArgument with(Part part) {
    return new DatasetArgument(text, options.with(part));
  }

  /**
   * Opens it.
   *
   * @throws CommandException if there is nothing at the path, or it refuses {@code --labels}
   * @throws dev.quadstream.dataset.DatasetException if what is there is no dataset
   */
  ImageDataset open() {
    Path path = Path.of(text);
    if (options.labels() != null && (isIcons() || !Files.isRegularFile(path))) {
      throw CommandException.usage(
          "--labels goes with an IDX file of images, and '%s' is none.".formatted(text));
    }
    if (isIcons()) {
      return IconDataset.all();
    }
    if (!Files.exists(path)) {
      throw CommandException.usage("There is no dataset at '%s'. Give %s.".formatted(text, KINDS));
    }
    return Datasets.open(path, options);
  }
}
