package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.UnfittingFlagException;
import dev.quadstream.image.ImageLimits;
import java.nio.file.Path;

/**
 * How a dataset is to be read.
 *
 * @param layout how it says what its images show
 * @param part which part of one that its authors divided
 * @param partAsked whether somebody asked for that part, and it is not what a command usually takes
 * @param labels the labels of one IDX file of images, or null for the file beside it
 * @param root where a list's paths start, or null for the list's own folder
 * @param idPrefix what ids start with, or null for the dataset's name
 * @param maxBytes larger files are passed over
 */
public record DatasetOptions(
    Layout layout,
    Part part,
    boolean partAsked,
    Path labels,
    Path root,
    String idPrefix,
    long maxBytes) {

  /** A part of a dataset whose layout is recognised. */
  public static DatasetOptions of(Part part) {
    return new DatasetOptions(
        Layout.AUTO, part, false, null, null, null, ImageLimits.defaults().maxEncodedBytes());
  }

  /** The same with other limits. */
  public DatasetOptions within(ImageLimits limits) {
    return new DatasetOptions(
        layout, part, partAsked, labels, root, idPrefix, limits.maxEncodedBytes());
  }

  /** The same of another part. */
  public DatasetOptions with(Part other) {
    return new DatasetOptions(layout, other, false, labels, root, idPrefix, maxBytes);
  }

  /** The same of what has no paths that start elsewhere. */
  public DatasetOptions withoutRoot() {
    return new DatasetOptions(layout, part, partAsked, labels, null, idPrefix, maxBytes);
  }

  /**
   * Returns if a dataset without parts is what was asked for.
   *
   * @throws UnfittingFlagException if it is a part of one
   */
  public void requireUndivided(String name) {
    if (partAsked && part != Part.ALL) {
      throw new UnfittingFlagException(
          "%s is not divided into parts, so that --part %s would choose nothing. Leave it out for all images."
              .formatted(name, part.text()));
    }
  }

  /**
   * Returns if nothing was asked for of a dataset that is drawn.
   *
   * @throws UnfittingFlagException if it is what only files have
   */
  public void requireNothingOfFiles(String name) {
    if (layout != Layout.AUTO) {
      throw passedOver("--layout", "goes with files of images", name);
    }
    if (idPrefix != null) {
      throw passedOver("--id-prefix", "goes with files of images", name);
    }
    requireNoLabels(name);
    requireNoRoot(name);
  }

  /**
   * Returns if no labels of an IDX file were given.
   *
   * @throws UnfittingFlagException if they were
   */
  void requireNoLabels(String name) {
    if (labels != null) {
      throw passedOver("--labels", "goes with an IDX file of images", name);
    }
  }

  /**
   * Returns if no folder was given where a list's paths start.
   *
   * @throws UnfittingFlagException if one was
   */
  void requireNoRoot(String name) {
    if (root != null) {
      throw passedOver("--root", "goes with a list of images", name);
    }
  }

  private static UnfittingFlagException passedOver(String flag, String rule, String name) {
    return new UnfittingFlagException(
        "%s %s, and %s is none. Leave it out.".formatted(flag, rule, name));
  }
}
