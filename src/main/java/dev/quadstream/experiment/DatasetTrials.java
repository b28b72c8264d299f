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

  /** A quadruplet needs three classes in the stream. */
  private static final int MIN_STREAMED = 3;

  /** Recall needs two classes of two images, of what was streamed, too, where that is measured. */
  private static final int MIN_FINDABLE = 2;

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
   * @param seeds of which there are going to be trials, 1, 2, …
   * @param warnings told what was left out
   * @throws DatasetException if there are too few classes, or too few of two images, by one of them
   */
  public DatasetTrials(
      ImageDataset training,
      ImageDataset heldOut,
      HeldOutPart on,
      int seeds,
      Consumer<String> warnings) {
    this.training = training;
    this.heldOut = heldOut;
    this.on = on;
    this.warnings = warnings;
    if (Collections.disjoint(training.labels(), heldOut.labels())) {
      throw new DatasetException(
          "%s and %s have no class in common, and an ablation measures with classes of what it streams from. 'train' and 'evaluate' measure with others."
              .formatted(training.name(), heldOut.name()));
    }
    for (long seed = 1; seed <= seeds; seed++) {
      ConceptSplit split = ConceptSplit.of(training.labels(), seed);
      requireEnough(seed, sizes(training, split.streamed()), sizes(heldOut, split.heldOut(on)));
    }
  }

  private static List<Integer> sizes(ImageDataset dataset, Collection<String> classes) {
    Map<String, Integer> sizes = dataset.classSizes();
    return classes.stream().filter(sizes::containsKey).map(sizes::get).toList();
  }

  private void requireEnough(
      long seed, Collection<Integer> streamed, Collection<Integer> measured) {
    long findableStreamed = findable(streamed);
    long findableMeasured = findable(measured);
    if (streamed.size() < MIN_STREAMED
        || findableStreamed < MIN_FINDABLE
        || findableMeasured < MIN_FINDABLE) {
      throw new DatasetException(
          "%s has %d classes. By seed %d an ablation streams %d of them, %d with two images, and of the others %s has two images of %d to measure with; it takes %d, %d and %d at least.%s"
              .formatted(
                  name(),
                  training.labels().size(),
                  seed,
                  streamed.size(),
                  findableStreamed,
                  heldOut.name(),
                  findableMeasured,
                  MIN_STREAMED,
                  MIN_FINDABLE,
                  MIN_FINDABLE,
                  on == HeldOutPart.BOTH ? "" : " --on both measures with all of the other half."));
    }
  }

  private static long findable(Collection<Integer> sizes) {
    return sizes.stream().filter(size -> size > 1).count();
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
    // Of those that could be read.
    requireEnough(
        seed,
        HeldOutImages.sizes(once.stream().map(LabeledImage::label).toList()).values(),
        held.classSizes().values());
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
