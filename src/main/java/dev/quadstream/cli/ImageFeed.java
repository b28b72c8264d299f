package dev.quadstream.cli;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconArrivals;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.files.FileDataset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The images of a dataset in the order of a stream.
 *
 * <p>Icons and emoji are drawn without end, half of their concepts. A folder comes shuffled, since
 * class by class is no stream to learn from; IDX files come as they are unless a seed is given.
 */
final class ImageFeed {

  /** The size of a feed without end. */
  static final long ENDLESS = Long.MAX_VALUE;

  private static final long FOLDER_SEED = 1;

  private final IconCatalog drawn;
  private final ImageDataset dataset;
  private final Set<String> labels;
  private final Long shuffle;
  private final long seed;

  /** Of the catalog and the dataset there is one. */
  private ImageFeed(
      IconCatalog drawn, ImageDataset dataset, Set<String> labels, Long shuffle, long seed) {
    this.drawn = drawn;
    this.dataset = dataset;
    this.labels = labels;
    this.shuffle = shuffle;
    this.seed = seed;
  }

  /**
   * A feed.
   *
   * @param argument the dataset
   * @param shuffle seed of the order, or null for the dataset's own
   * @param seed of the icons that are drawn, and of the concepts that are held out
   */
  static ImageFeed of(DatasetArgument argument, Long shuffle, long seed) {
    if (argument.isDrawn()) {
      if (shuffle != null) {
        throw CommandException.usage(
            "They are drawn in random order already: --set seed=N draws another, --shuffle does not apply.");
      }
      return new ImageFeed(argument.catalog(), null, null, null, seed);
    }
    ImageDataset dataset = argument.open().toTrainOn();
    boolean files = dataset instanceof FileDataset;
    // Not a conditional expression: that would unbox a shuffle that was not given.
    Long order = shuffle;
    if (files && shuffle == null) {
      order = FOLDER_SEED;
    }
    return new ImageFeed(null, dataset, null, order, seed);
  }

  /**
   * The same without the classes that {@code evaluate --split-seed} measures with, of either part.
   * Icons and emoji always leave them out.
   *
   * @param argument the dataset, as {@link #of} was given it
   */
  ImageFeed withoutHeldOut(DatasetArgument argument, long splitSeed) {
    if (dataset == null) {
      return new ImageFeed(drawn, null, null, null, splitSeed);
    }
    Set<String> streamed = Set.copyOf(argument.split(dataset, splitSeed).streamed());
    return new ImageFeed(null, dataset, streamed, shuffle, seed);
  }

  /** What is in the dataset; the icons without end are known. */
  Optional<DatasetSurvey> survey() {
    return Optional.ofNullable(dataset).map(ImageDataset::survey);
  }

  /** How many images there are of each class that comes: of icons, designs. */
  Map<String, Integer> classSizes() {
    Map<String, Integer> sizes =
        new TreeMap<>((dataset == null ? IconDataset.all(drawn) : dataset).classSizes());
    sizes.keySet().retainAll(streamed());
    return sizes;
  }

  /** The classes that come. */
  Collection<String> streamed() {
    if (dataset == null) {
      return ConceptSplit.of(drawn.concepts(), seed).streamed();
    }
    return labels == null ? dataset.labels() : labels;
  }

  /** Images in a pass, or {@link #ENDLESS}; more than come where classes are left out. */
  long size() {
    return dataset == null ? ENDLESS : dataset.size();
  }

  /**
   * The images of one pass; close the stream.
   *
   * @param pass from 0; each has an order of its own where the order is drawn
   */
  Stream<EncodedImage> images(int pass) throws IOException {
    if (dataset == null) {
      return icons(pass);
    }
    Predicate<String> classes = label -> labels == null || labels.contains(label);
    if (shuffle == null) {
      return dataset.images(classes);
    }
    return dataset instanceof FileDataset files
        ? files.shuffled(shuffle + pass).images(classes)
        : shuffled(shuffle + pass).filter(image -> classes.test(image.label()));
  }

  /** Each pass draws others, which are other images: one of an id that was there replaces it. */
  private Stream<EncodedImage> icons(int pass) {
    IconStream icons =
        new IconStream(drawn, List.copyOf(streamed()), IconArrivals.defaults(), seed + pass);
    Stream<EncodedImage> images = Stream.generate(icons::next);
    return pass == 0
        ? images
        : images.map(
            image ->
                new EncodedImage(
                    image.id() + "-" + (pass + 1),
                    image.label(),
                    image.contentType(),
                    image.bytes()));
  }

  private Stream<EncodedImage> shuffled(long shuffleSeed) throws IOException {
    try (Stream<EncodedImage> images = dataset.images()) {
      List<EncodedImage> all = new ArrayList<>(images.toList());
      Collections.shuffle(all, new Random(shuffleSeed));
      return all.stream();
    }
  }
}
