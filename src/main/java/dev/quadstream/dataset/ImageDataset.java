package dev.quadstream.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.stream.Stream;

/** A finite set of labelled images with a fixed order. */
public interface ImageDataset {

  /**
   * The dataset in a folder: the MNIST family's IDX files, or one sub-folder of images a class.
   *
   * @param part of IDX files; a folder of classes has no parts
   * @throws DatasetException if it is neither
   */
  static ImageDataset inFolder(Path folder, IdxDataset.Part part) {
    return IdxDataset.isIdxFolder(folder)
        ? IdxDataset.inFolder(folder, part)
        : new FolderDataset(folder);
  }

  /** A short name for people. */
  String name();

  /** The number of images. */
  long size();

  /** The classes, known without reading the images. */
  SortedSet<String> labels();

  /**
   * The images, read as they are asked for and always in the same order. Close the stream after
   * use: it may hold a file open.
   *
   * @throws IOException if the source cannot be opened
   * @throws DatasetException while reading, if the source turns out to be damaged
   */
  Stream<EncodedImage> images() throws IOException;
}
