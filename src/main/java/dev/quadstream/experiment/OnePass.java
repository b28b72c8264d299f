package dev.quadstream.experiment;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.Interval;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.RawPixels;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.Orientation;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.SoftmaxClassifier;
import dev.quadstream.training.LoopOptions;
import dev.quadstream.training.TrainingLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Trains on a dataset in one pass in the order that it has, as if it were a stream, and classifies
 * the test images by their nearest training image. Beside it, the same trunk as a plain classifier
 * over the same pass.
 *
 * <p>The pipeline sees each image once as its own window's, and again where the memory sends it
 * along as a partner or a negative; the classifier sees each image once.
 */
public final class OnePass {

  private static final int CLASSIFIER_BATCH = 64;
  private static final int REPORT_EVERY = 10_000;
  private static final int NEVER_SEEN = -1;

  /** Pixels are compared in the size in which the MNIST family has them. */
  private static final ImageShape RAW = new ImageShape(1, 28, 28);

  private final LoopOptions loop;
  private final PipelineOptions options;
  private final Map<String, String> written;
  private final Consumer<String> progress;
  private final Bootstrap bootstrap;

  /**
   * @param options of the pipeline; also the classifier's trunk, updater and augmentation
   * @param written those of them that are not at their defaults, by key, for the report
   * @param progress told a line now and then
   */
  public OnePass(PipelineOptions options, Map<String, String> written, Consumer<String> progress) {
    this.options = options;
    this.loop = options.loop();
    this.written = written;
    this.progress = progress;
    this.bootstrap = Bootstrap.seeded(loop.training().seed());
  }

  /**
   * Runs it.
   *
   * @throws IOException if the dataset cannot be opened
   */
  public OnePassReport run(ImageDataset trainingSet, ImageDataset testSet) throws IOException {
    Networks networks = networks(trainingSet, testSet);
    progress.accept("searching the raw pixels, which takes a while");
    return new OnePassReport(
        trainingSet.name(),
        networks.trainingImages(),
        networks.testImages(),
        rawPixels(trainingSet, testSet),
        networks.quadruplet(),
        networks.classifierByClass(),
        networks.classifierByNeighbour(),
        new TreeMap<>(written));
  }

  private record Networks(
      int trainingImages,
      int testImages,
      Interval quadruplet,
      Interval classifierByClass,
      Interval classifierByNeighbour) {}

  private Networks networks(ImageDataset trainingSet, ImageDataset testSet) throws IOException {
    ImageReading reading = options.reading();
    List<LabeledImage> training = read(trainingSet, reading);
    List<LabeledImage> test = read(testSet, reading);
    if (!reading.warning().isEmpty()) {
      progress.accept(reading.warning());
    }
    Interval quadruplet = quadruplet(training, test);
    progress.accept("nearest neighbour in the embedding: " + AblationText.interval(quadruplet));
    Interval classifierByClass;
    Interval classifierByNeighbour;
    Map<String, Integer> classes = classes(training);
    try (SoftmaxClassifier classifier = new SoftmaxClassifier(loop.network(), classes.size())) {
      train(classifier, training, classes);
      classifierByClass = accuracy(classifier, test, classes);
      progress.accept("plain classifier: " + AblationText.interval(classifierByClass));
      try (QuadrupletNetwork embedder = classifier.embedder()) {
        classifierByNeighbour = byNeighbour(embedder, training, test);
      }
    }
    return new Networks(
        training.size(), test.size(), quadruplet, classifierByClass, classifierByNeighbour);
  }

  private Interval rawPixels(ImageDataset trainingSet, ImageDataset testSet) throws IOException {
    ImageReading reading = new ImageReading(options.decoders().apply(RAW));
    List<LabeledImage> training = read(trainingSet, reading);
    List<LabeledImage> test = read(testSet, reading);
    return byNeighbour(RawPixels.of(pixels(training)), training, RawPixels.of(pixels(test)), test);
  }

  private Interval quadruplet(List<LabeledImage> training, List<LabeledImage> test) {
    try (TrainingLoop learner = new TrainingLoop(loop)) {
      long start = System.nanoTime();
      int done = 0;
      for (LabeledImage image : training) {
        learner.accept(image);
        if (++done % REPORT_EVERY == 0) {
          double seconds = (System.nanoTime() - start) / 1e9;
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "%,d of %,d images, %.0f images/s",
                  done,
                  training.size(),
                  done / seconds));
        }
      }
      learner.finish();
      learner.requireLearned();
      return byNeighbour(learner.network(), training, test);
    }
  }

  private void train(
      SoftmaxClassifier classifier, List<LabeledImage> training, Map<String, Integer> classes) {
    ImageAugmentation augmentation = loop.training().augmentation().perImage();
    ImageShape shape = loop.network().input();
    // A class that is turned on its side helps pairs, and is only harder for a classifier.
    Orientation.Choice mirrored =
        loop.training().augmentation().orientations() == Orientation.Choice.MIRRORED
            ? Orientation.Choice.MIRRORED
            : Orientation.Choice.UPRIGHT;
    SplittableRandom random = new SplittableRandom(loop.training().seed());
    for (int from = 0; from < training.size(); from += CLASSIFIER_BATCH) {
      List<LabeledImage> batch =
          training.subList(from, Math.min(from + CLASSIFIER_BATCH, training.size()));
      float[][] inputs = new float[batch.size()][];
      int[] labels = new int[batch.size()];
      for (int row = 0; row < inputs.length; row++) {
        inputs[row] =
            batch.get(row).image() instanceof PixelImage pixels
                ? Orientation.draw(mirrored, shape, random)
                    .of(augmentation.apply(pixels, random), shape)
                : batch.get(row).image().values();
        labels[row] = classes.get(batch.get(row).label());
      }
      classifier.train(inputs, labels);
    }
  }

  private Interval accuracy(
      SoftmaxClassifier classifier, List<LabeledImage> test, Map<String, Integer> classes) {
    int[] predicted = classifier.predict(images(test));
    double[] right = new double[predicted.length];
    for (int row = 0; row < right.length; row++) {
      right[row] =
          classes.getOrDefault(test.get(row).label(), NEVER_SEEN) == predicted[row] ? 1 : 0;
    }
    return bootstrap.mean(right);
  }

  private Interval byNeighbour(
      QuadrupletNetwork network, List<LabeledImage> training, List<LabeledImage> test) {
    return byNeighbour(
        network.embed(images(training)), training, network.embed(images(test)), test);
  }

  private Interval byNeighbour(
      float[][] gallery, List<LabeledImage> training, float[][] probes, List<LabeledImage> test) {
    double[] found =
        Retrieval.byDistance()
            .score(
                LabeledVectors.of(gallery, labels(training)),
                LabeledVectors.of(probes, labels(test)))
            .foundWithin(1);
    // Those of classes that training lacks are wrong, as they are for the classifier.
    return bootstrap.mean(Arrays.copyOf(found, test.size()));
  }

  /** Those that can be read; each is captured after the one before it. */
  private static List<LabeledImage> read(ImageDataset dataset, ImageReading reading)
      throws IOException {
    List<LabeledImage> images = new ArrayList<>(Math.toIntExact(dataset.size()));
    try (Stream<EncodedImage> stream = dataset.images()) {
      for (Iterator<LabeledImage> read = reading.readAll(stream.iterator()); read.hasNext(); ) {
        LabeledImage image = read.next();
        images.add(new LabeledImage(image.id(), image.label(), images.size(), image.image()));
      }
    }
    if (images.isEmpty()) {
      throw new DatasetException(
          "No image of %s could be read. %s".formatted(dataset.name(), reading.warning()));
    }
    return images;
  }

  private static Map<String, Integer> classes(List<LabeledImage> images) {
    Map<String, Integer> classes = new TreeMap<>();
    images.forEach(image -> classes.putIfAbsent(image.label(), classes.size()));
    return classes;
  }

  private static List<PixelImage> pixels(List<LabeledImage> images) {
    return images.stream().map(LabeledImage::pixels).toList();
  }

  private static List<ImageContent> images(List<LabeledImage> images) {
    return images.stream().map(LabeledImage::image).toList();
  }

  private static List<String> labels(List<LabeledImage> images) {
    return images.stream().map(LabeledImage::label).toList();
  }
}
