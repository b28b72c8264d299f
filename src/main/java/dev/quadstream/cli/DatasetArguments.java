package dev.quadstream.cli;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Layout;
import dev.quadstream.image.ImageLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The flags that name a dataset. */
final class DatasetArguments {

  @Option(
      names = "--dataset",
      paramLabel = "DATASET",
      description = "Images with their classes: " + DatasetArgument.KINDS + ".")
  private String dataset;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "AUTO",
      description =
          "How it says what its images show: ${COMPLETION-CANDIDATES}. Default: what is recognised.")
  private Layout layout = Layout.AUTO;

  @Option(
      names = "--part",
      paramLabel = "PART",
      description = "Of a dataset that its authors divided: ${COMPLETION-CANDIDATES}.")
  private Part part;

  @Option(names = "--labels", paramLabel = "FILE", description = "The labels of an IDX file.")
  private Path labels;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Where a list's paths start. Default: the list's own folder.")
  private Path root;

  @Option(
      names = "--id-prefix",
      paramLabel = "TEXT",
      description = "What ids start with. Default: the dataset's name.")
  private String idPrefix;

  boolean isGiven() {
    return dataset != null;
  }

  /** Whether there is anything but the dataset itself. */
  boolean hasFlags() {
    return layout != Layout.AUTO
        || part != null
        || labels != null
        || root != null
        || idPrefix != null;
  }

  /** Whether a part is asked for. */
  boolean namesPart() {
    return part != null;
  }

  /** The flags as they were given, to be typed again. */
  String text() {
    StringBuilder text = new StringBuilder("--dataset " + ShellWord.of(dataset));
    append(text, "--layout", layout == Layout.AUTO ? null : layout.name().toLowerCase(Locale.ROOT));
    append(text, "--part", part == null ? null : part.text());
    append(text, "--labels", labels);
    append(text, "--root", root);
    append(text, "--id-prefix", idPrefix);
    return text.toString();
  }

  private static void append(StringBuilder text, String flag, Object value) {
    if (value != null) {
      text.append(' ').append(flag).append(' ').append(ShellWord.of(value));
    }
  }

  /**
   * The dataset.
   *
   * @param usualPart the part of one that is divided unless told otherwise
   * @param limits of the images; larger files are passed over
   * @throws CommandException if none is given
   */
  DatasetArgument dataset(Part usualPart, ImageLimits limits) {
    if (dataset == null) {
      throw CommandException.usage("Give --dataset: %s.".formatted(DatasetArgument.KINDS));
    }
    return of(dataset, usualPart, limits);
  }

  /**
   * One of two datasets under the same flags, of which {@code --root} is for a list.
   *
   * @throws CommandException if both are folders and it is for none
   */
  DatasetArgument side(String text, String other, Part usualPart, ImageLimits limits) {
    boolean folder = Files.isDirectory(Path.of(text));
    if (root != null && folder && Files.isDirectory(Path.of(other))) {
      throw CommandException.usage("--root goes with a list of images, and both are folders.");
    }
    DatasetArgument side = of(text, usualPart, limits);
    return folder ? new DatasetArgument(text, side.options().withoutRoot()) : side;
  }

  private DatasetArgument of(String text, Part usualPart, ImageLimits limits) {
    return new DatasetArgument(
        text,
        new DatasetOptions(
            layout,
            part == null ? usualPart : part,
            part != null,
            labels,
            root,
            idPrefix,
            limits.maxEncodedBytes()));
  }
}
