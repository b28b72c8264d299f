package dev.quadstream.experiment;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A dataset's images: half of the classes streamed in passes, each in an order of its own, and of
 * the others a part to measure with.
 */
public final class DatasetTrials implements TrialSource {

  /** A quadruplet needs three classes in the stream, recall two to measure with. */
  private static final int MIN_STREAMED = 3;

  private static final int MIN_MEASURED = 2;

  /** As pixels are compared behind a backbone, which reads many more. */
  private static final ImageShape RAW = new ImageShape(3, 32, 32);

  private final ImageDataset training;
  private final ImageDataset heldOut;
  private final HeldOutPart on;
  private final Consumer<String> warnings;

  /**
   * Takes the dataset.
   *
   * @param training where the stream comes from
   * @param heldOut where the images of the held-out classes come from; may be the same
   * @param on which of those is measured with
   * @param warnings told what was left out
   * @throws DatasetException if there are too few classes
   */
  public DatasetTrials(
      ImageDataset training, ImageDataset heldOut, HeldOutPart on, Consumer<String> warnings) {
    ConceptSplit split = ConceptSplit.of(training.labels(), 0);
    if (split.streamed().size() < MIN_STREAMED || split.heldOut(on).size() < MIN_MEASURED) {
      throw new DatasetException(
          "%s has %d classes. An ablation streams one half, which would be %d, and measures with a part of the other, which would be %d; they take %d and %d at least.%s"
              .formatted(
                  training.name(),
                  training.labels().size(),
                  split.streamed().size(),
                  split.heldOut(on).size(),
                  MIN_STREAMED,
                  MIN_MEASURED,
                  on == HeldOutPart.BOTH ? "" : " --on both measures with all of the other half."));
    }
    this.training = training;
    this.heldOut = heldOut;
    this.on = on;
    this.warnings = warnings;
  }

  @Override
  public String name() {
    return training.name();
  }

  @Override
  public HeldOutPart on() {
    return on;
  }

  @Override
  public String protocol() {
    return "The stream shows the images of its classes in passes, each pass in an order of its"
        + " own.";
  }

  @Override
  public Trial trial(int images, long seed, ImageReading reading) throws IOException {
    ConceptSplit split = ConceptSplit.of(training.labels(), seed);
    List<LabeledImage> once = read(training, split.streamed(), reading);
    HeldOutImages held = measured(heldOut, split.heldOut(on), seed, reading);
    if (!reading.warning().isEmpty()) {
      warnings.accept(reading.warning());
    }
    if (once.isEmpty() || held.size() == 0) {
      throw new DatasetException(
          "%s has no images to %s by seed %d: %d to stream, %d held out."
              .formatted(
                  name(),
                  once.isEmpty() ? "stream" : "measure with",
                  seed,
                  once.size(),
                  held.size()));
    }
    return new Trial(passes(once, images, seed), held);
  }

  /** The images that were streamed themselves. */
  @Override
  public HeldOutImages ofStreamed(Set<String> classes, long seed, ImageReading reading)
      throws IOException {
    return measured(training, classes, seed, reading);
  }

  /** Of what a backbone has made features the pixels are read once more. */
  private HeldOutImages measured(
      ImageDataset dataset, Collection<String> classes, long seed, ImageReading reading)
      throws IOException {
    List<LabeledImage> held = byClass(read(dataset, classes, reading));
    if (held.stream().allMatch(image -> image.image() instanceof PixelImage)) {
      return new HeldOutImages(held, seed);
    }
    Map<String, LabeledImage> originals =
        read(dataset, classes, reading.pixels(RAW)).stream()
            .collect(Collectors.toMap(LabeledImage::id, Function.identity()));
    // A file may have gone between the two readings.
    List<LabeledImage> both =
        byClass(held.stream().filter(image -> originals.containsKey(image.id())).toList());
    return new HeldOutImages(
        both, both.stream().map(image -> originals.get(image.id())).toList(), seed);
  }

  private static List<LabeledImage> passes(List<LabeledImage> once, int images, long seed) {
    List<LabeledImage> stream = new ArrayList<>(images);
    Random random = new Random(seed);
    List<LabeledImage> pass = new ArrayList<>(once);
    while (stream.size() < images) {
      Collections.shuffle(pass, random);
      stream.addAll(pass.subList(0, Math.min(pass.size(), images - stream.size())));
    }
    return stream;
  }

  /** Class after class; a class of one image has no other to be found and is left out. */
  private List<LabeledImage> byClass(List<LabeledImage> images) {
    Map<String, List<LabeledImage>> classes = new TreeMap<>();
    images.forEach(
        image -> classes.computeIfAbsent(image.label(), label -> new ArrayList<>()).add(image));
    int found = classes.size();
    classes.values().removeIf(ofClass -> ofClass.size() < 2);
    if (classes.size() < found) {
      warnings.accept(
          "%d classes to measure with have a single image and were left out."
              .formatted(found - classes.size()));
    }
    return classes.values().stream().flatMap(List::stream).toList();
  }

  private static List<LabeledImage> read(
      ImageDataset dataset, Collection<String> classes, ImageReading reading) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    try (Stream<EncodedImage> stream = dataset.images(Set.copyOf(classes)::contains)) {
      reading.readAll(stream.iterator()).forEachRemaining(images::add);
    }
    return images;
  }
}
