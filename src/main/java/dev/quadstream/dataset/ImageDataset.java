package dev.quadstream.dataset;

import java.io.IOException;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A finite set of labelled images with a fixed order. */
public interface ImageDataset {

  /** A short name for people. */
  String name();

  /** How many images there are of each class, known without reading them. */
  SortedMap<String, Integer> classSizes();

  /** The number of images. */
  default long size() {
    return classSizes().values().stream().mapToLong(Integer::longValue).sum();
  }

  /** The classes. */
  default SortedSet<String> labels() {
    return new TreeSet<>(classSizes().keySet());
  }

  /**
   * The images, read as they are asked for and always in the same order, those among them whose
   * file cannot be read. Close the stream after use: it may hold a file open.
   *
   * @throws IOException if the source cannot be opened
   * @throws DatasetException while reading, if the source turns out to be damaged
   */
  Stream<EncodedImage> images() throws IOException;

  /**
   * Those images alone whose class is wanted, of the others none is read where that can be. Close
   * the stream after use.
   *
   * @param classes whether a class is wanted
   * @throws IOException if the source cannot be opened
   */
  default Stream<EncodedImage> images(Predicate<String> classes) throws IOException {
    return images().filter(image -> classes.test(image.label()));
  }

  /**
   * Some images to look at, at random where that costs nothing. Close the stream after use.
   *
   * @param count at the most
   * @throws IOException if the source cannot be opened
   */
  default Stream<EncodedImage> sample(int count) throws IOException {
    return images().limit(count);
  }

  /** What there is, what is passed over, and what a person should know of it. */
  DatasetSurvey survey();

  /** The parts that the images are of; none where the dataset is not divided. */
  default Set<Part> parts() {
    return Set.of();
  }

  /** The images without those that are there to be looked up in alone. */
  default ImageDataset toTrainOn() {
    return this;
  }
}
