package dev.quadstream.cli;

import dev.quadstream.dataset.IdxDataset;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flags that name a dataset. */
final class DatasetArguments {

  @Option(
      names = "--dataset",
      paramLabel = "DATASET",
      description =
          "A folder class/image, a folder of IDX files (the MNIST family), an IDX file of images"
              + " (with --labels), or 'icons'.")
  private String dataset;

  @Option(names = "--labels", paramLabel = "FILE", description = "The labels of an IDX file.")
  private Path labels;

  @Option(
      names = "--part",
      paramLabel = "PART",
      description = "Of a folder of IDX files: ${COMPLETION-CANDIDATES}.")
  private IdxDataset.Part part;

  boolean isGiven() {
    return dataset != null;
  }

  /**
   * The dataset.
   *
   * @param usualPart the part of a folder of IDX files unless told otherwise
   * @throws CommandException if none is given
   */
  DatasetArgument dataset(IdxDataset.Part usualPart) {
    if (dataset == null) {
      throw CommandException.usage(
          "Give --dataset: a folder class/image, a folder of IDX files, an IDX file with --labels, or 'icons'.");
    }
    return new DatasetArgument(dataset, labels, part == null ? usualPart : part);
  }
}
