package dev.quadstream.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
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

  /**
   * So many images of some classes, drawn by that seed, of which others are read only where that
   * costs little. Close the stream after use.
   *
   * @param classes whether a class is wanted
   * @param count at the most
   * @throws IOException if the source cannot be opened
   */
  default Stream<EncodedImage> draw(Predicate<String> classes, int count, long seed)
      throws IOException {
    int all =
        classSizes().entrySet().stream()
            .filter(size -> classes.test(size.getKey()))
            .mapToInt(Map.Entry::getValue)
            .sum();
    List<Integer> places = new ArrayList<>(IntStream.range(0, all).boxed().toList());
    Collections.shuffle(places, new Random(seed));
    Set<Integer> drawn = Set.copyOf(places.subList(0, Math.min(count, all)));
    Iterator<Integer> place = IntStream.range(0, all).iterator();
    return images(classes).filter(image -> drawn.contains(place.next()));
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
