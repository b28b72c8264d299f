package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.image.ImageLimits;
import java.nio.file.Path;

/**
 * How a dataset is to be read.
 *
 * @param layout how it says what its images show
 * @param part which part of one that its authors divided
 * @param labels the labels of one IDX file of images, or null for the file beside it
 * @param root where a list's paths start, or null for the list's own folder
 * @param idPrefix what ids start with, or null for the dataset's name
 * @param maxBytes larger files are passed over
 */
public record DatasetOptions(
    Layout layout, Part part, Path labels, Path root, String idPrefix, long maxBytes) {

  /** A part of a dataset whose layout is recognised. */
  public static DatasetOptions of(Part part) {
    return new DatasetOptions(
        Layout.AUTO, part, null, null, null, ImageLimits.defaults().maxEncodedBytes());
  }

  /** The same of another part. */
  public DatasetOptions with(Part other) {
    return new DatasetOptions(layout, other, labels, root, idPrefix, maxBytes);
  }
}
