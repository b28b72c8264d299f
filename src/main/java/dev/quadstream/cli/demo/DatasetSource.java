package dev.quadstream.cli.demo;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * A dataset: half of the classes streamed in passes, each in an order of its own, and the other
 * half, validation and test, held out. Each image is decoded once, and streamed at the size that
 * the network reads: a photo's megapixels would else be paid for in every pass.
 */
public final class DatasetSource implements DemoSource {

  /** A quadruplet takes three classes in the stream, recall two that are held out. */
  private static final int MIN_CLASSES = 5;

  /** Each held-out image is compared with every other one for every model. */
  private static final int MAX_HELD_OUT = 4_000;

  private static final long MAX_BYTES = 192L << 20;

  private final List<EncodedImage> streamed;
  private final List<LabeledImage> heldOut;
  private final String warning;
  private final Random random;
  private int position;

  private DatasetSource(
      List<EncodedImage> streamed, List<LabeledImage> heldOut, String warning, Random random) {
    this.streamed = streamed;
    this.heldOut = heldOut;
    this.warning = warning;
    this.random = random;
  }

  /**
   * Reads and decodes a dataset.
   *
   * @param seed of the split and of the orders
   * @param unused told of the files that the demo makes no use of
   * @param progress told the number of images read so far
   * @throws DatasetException if it has too few classes, or too few of its images can be read
   */
  public static DatasetSource read(
      ImageDataset dataset,
      ContentDecoder decoder,
      ImageShape shape,
      long seed,
      UnusedFiles unused,
      LongConsumer progress)
      throws IOException {
    requireClasses(dataset);
    ConceptSplit split = ConceptSplit.of(dataset.labels(), seed);
    Set<String> streamedClasses = new HashSet<>(split.streamed());
    ImageReading reading = new ImageReading(decoder);
    // Of each class alike: images come class by class, so that the last ones would have none.
    long maxStreamed = Math.max(2, MAX_BYTES / shape.size() / split.streamed().size());
    long maxHeldOut = Math.max(2, MAX_HELD_OUT / split.heldOut(HeldOutPart.BOTH).size());
    Map<String, Integer> taken = new HashMap<>();
    List<EncodedImage> streamed = new ArrayList<>();
    Map<String, List<LabeledImage>> held = new TreeMap<>();
    long read = 0;
    try (Stream<EncodedImage> images = dataset.images()) {
      for (Iterator<EncodedImage> encoded = images.iterator(); encoded.hasNext(); ) {
        EncodedImage image = encoded.next();
        String label = image.label();
        boolean streams = streamedClasses.contains(label);
        long most = streams ? maxStreamed : maxHeldOut;
        if (taken.getOrDefault(label, 0) >= most) {
          unused.add(
              image.id(),
              "beyond the %,d images of a class that are %s"
                  .formatted(most, streams ? "streamed" : "measured with"),
              "");
        } else {
          reading
              .read(image)
              .ifPresent(
                  decoded -> {
                    taken.merge(label, 1, Integer::sum);
                    if (streams) {
                      streamed.add(atItsSize(image, decoded));
                    } else {
                      held.computeIfAbsent(label, unknown -> new ArrayList<>()).add(decoded);
                    }
                  });
        }
        progress.accept(++read);
      }
    }
    reading
        .unread()
        .forEach(image -> unused.add(image.id(), image.reason().text(), image.message()));
    List<LabeledImage> findable = new ArrayList<>();
    for (List<LabeledImage> ofClass : held.values()) {
      if (ofClass.size() > 1) {
        findable.addAll(ofClass);
      } else {
        ofClass.forEach(
            image -> unused.add(image.id(), "alone in a class that measures", image.label()));
      }
    }
    requireUsable(dataset, streamed, findable, reading);
    return new DatasetSource(streamed, findable, reading.warning(), new Random(seed));
  }

  @Override
  public EncodedImage next() {
    if (position == 0) {
      Collections.shuffle(streamed, random);
    }
    EncodedImage image = streamed.get(position);
    position = (position + 1) % streamed.size();
    return image;
  }

  @Override
  public List<LabeledImage> heldOut() {
    return heldOut;
  }

  @Override
  public String classes() {
    return "classes";
  }

  /** Images of one pass. */
  public int streamed() {
    return streamed.size();
  }

  /** What to say of images that could not be read; empty where there are none. */
  public String warning() {
    return warning;
  }

  private static EncodedImage atItsSize(EncodedImage image, LabeledImage decoded) {
    return new EncodedImage(
        image.id(),
        image.label(),
        "image/png",
        PixelImages.toPng(decoded.pixels()),
        image.sighting());
  }

  private static void requireClasses(ImageDataset dataset) {
    if (dataset.labels().size() < MIN_CLASSES) {
      throw new DatasetException(
          "%s has %d classes. The demo streams one half and measures with the other, which takes %d at least; 'train' and 'run' take all of them."
              .formatted(dataset.name(), dataset.labels().size(), MIN_CLASSES));
    }
  }

  private static void requireUsable(
      ImageDataset dataset,
      List<EncodedImage> streamed,
      List<LabeledImage> heldOut,
      ImageReading reading) {
    long streamedClasses = streamed.stream().map(EncodedImage::label).distinct().count();
    long heldOutClasses = heldOut.stream().map(LabeledImage::label).distinct().count();
    if (streamedClasses < 3 || streamed.size() == streamedClasses || heldOutClasses < 2) {
      throw new DatasetException(
          "Of %s there are %d classes to stream with %d images, and %d to measure with that have two images each: 3 and 2 are needed at least, and two images of a class. %s"
              .formatted(
                  dataset.name(),
                  streamedClasses,
                  streamed.size(),
                  heldOutClasses,
                  reading.warning()));
    }
  }
}
