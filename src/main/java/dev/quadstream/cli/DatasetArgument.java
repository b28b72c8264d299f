package dev.quadstream.cli;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.MissingPartException;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Datasets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * A dataset as it is written on the command line: {@code icons}, {@code emoji}, or a folder, a list
 * or an IDX file of images.
 *
 * @param text {@code icons}, {@code emoji}, {@code emoji:FOLDER} or a path; {@code ./icons} is a
 *     folder of that name
 * @param options how it is to be read
 */
record DatasetArgument(String text, DatasetOptions options) {

  static final String ICONS = "icons";

  private static final String EMOJI = "emoji";
  private static final String EMOJI_OF = EMOJI + ":";

  /** Where the packages of the emoji are unless said otherwise. */
  private static final Path EMOJI_FOLDER = Path.of("data", "emoji");

  /** What may be given, for messages. */
  static final String KINDS =
      "a folder with a sub-folder for each class (also as zip or tar), a known benchmark's folder, a"
          + " list path,label,"
          + " IDX files (the MNIST family), 'icons', or 'emoji'";

  /** Whether it is a catalog of icons or emoji, which can be drawn without end. */
  boolean isDrawn() {
    return text.equals(ICONS) || isEmoji();
  }

  /**
   * The catalog that is drawn from.
   *
   * @throws dev.quadstream.dataset.DatasetException if it is not there, saying what to do, or was
   *     asked for as only files can be
   */
  IconCatalog catalog() {
    options.requireUndivided(text);
    options.requireNothingOfFiles(text);
    return isEmoji() ? IconCatalog.emoji(emojiFolder()) : IconCatalog.shared();
  }

  private boolean isEmoji() {
    return text.equals(EMOJI) || text.startsWith(EMOJI_OF);
  }

  private Path emojiFolder() {
    return text.equals(EMOJI) ? EMOJI_FOLDER : Path.of(text.substring(EMOJI_OF.length()));
  }

  /** The same dataset's other part. */
  DatasetArgument with(Part part) {
    return new DatasetArgument(text, options.with(part));
  }

  /**
   * How {@code train --split-seed} divides its classes, of those that this part has. Half of other
   * classes would be another half: what is divided is what is trained on, the training part unless
   * all are asked for.
   *
   * @param opened this dataset
   * @throws CommandException if the parts have no class in common
   */
  ConceptSplit split(ImageDataset opened, long seed) {
    ConceptSplit split = ConceptSplit.of(toDivide(opened), seed).within(opened.labels());
    if (split.streamed().isEmpty() && split.heldOut(HeldOutPart.BOTH).isEmpty()) {
      throw CommandException.usage(
          "What --split-seed %d divides are the classes of the training part, and the part %s of %s has none of them: measure with it without the seed, or with --part train."
              .formatted(seed, options.part().text(), opened.name()));
    }
    return split;
  }

  private Set<String> toDivide(ImageDataset opened) {
    if (opened.parts().isEmpty() || Set.of(Part.TRAIN, Part.ALL).contains(options.part())) {
      return opened.labels();
    }
    try {
      return with(Part.TRAIN).open().toTrainOn().labels();
    } catch (MissingPartException noTrainingPart) {
      return opened.labels();
    }
  }

  /**
   * Opens it.
   *
   * @throws CommandException if there is nothing at the path
   * @throws dev.quadstream.dataset.DatasetException if what is there is no dataset, or not one that
   *     such options go with
   */
  ImageDataset open() {
    if (isDrawn()) {
      return IconDataset.all(catalog());
    }
    Path path = Path.of(text);
    if (!Files.exists(path)) {
      throw CommandException.usage("There is no dataset at '%s'. Give %s.".formatted(text, KINDS));
    }
    return Datasets.open(path, options);
  }
}
