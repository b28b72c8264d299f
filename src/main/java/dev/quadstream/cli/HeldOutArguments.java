package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.Layout;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The flags that name images which are never streamed, to measure each published model on. */
final class HeldOutArguments {

  /** Each image is compared with every other one for every model. */
  private static final int MAX_IMAGES = 4_000;

  @Option(
      names = "--held-out",
      paramLabel = "DATASET",
      description =
          "Images that are never streamed: the page shows each model's recall@1 on them, each looked"
              + " up among the others, beside raw pixels: "
              + DatasetArgument.KINDS
              + ". Of more than "
              + MAX_IMAGES
              + " images the first of each class.")
  private String dataset;

  @Option(names = "--labels", paramLabel = "FILE", description = "The labels of an IDX file.")
  private Path labels;

  @Option(
      names = "--part",
      paramLabel = "PART",
      description =
          "Of a dataset that its authors divided: ${COMPLETION-CANDIDATES}. Default: TEST.")
  private Part part;

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      description =
          "Measures on the half of the classes that 'demo --seed N' and 'train --split-seed N' leave"
              + " out, validation and test. For icons and emoji it is the option 'seed' unless given.")
  private Long splitSeed;

  /**
   * The images at the size that the run's network reads; none where none are asked for.
   *
   * @throws CommandException if there is no such dataset, or it has nothing to be found again
   */
  List<LabeledImage> read(PipelineSettings settings, CommandLine terminal) throws IOException {
    if (dataset == null) {
      if (labels != null || part != null || splitSeed != null) {
        throw CommandException.usage("--labels, --part and --split-seed go with --held-out.");
      }
      return List.of();
    }
    DatasetArgument argument =
        new DatasetArgument(
            dataset,
            new DatasetOptions(
                Layout.AUTO,
                part == null ? Part.TEST : part,
                part != null,
                labels,
                null,
                null,
                settings.imageLimits().maxEncodedBytes()));
    ImageDataset opened = argument.open().toTrainOn();
    Long seed =
        splitSeed == null && argument.isDrawn()
            ? Long.valueOf(settings.get(JobConfig.SEED))
            : splitSeed;
    Collection<String> classes =
        seed == null ? opened.labels() : argument.split(opened, seed).heldOut(HeldOutPart.BOTH);
    ImageReading reading = new ImageReading(settings.pixelDecoder());
    List<LabeledImage> images = findable(read(opened, counts(opened, classes), reading));
    if (images.stream().map(LabeledImage::label).distinct().count() < 2) {
      throw CommandException.usage(
          "--held-out %s has fewer than 2 classes with two images that can be read: nothing could be found again.%s"
              .formatted(
                  dataset,
                  reading.warning().isEmpty() ? "" : System.lineSeparator() + reading.warning()));
    }
    say(images, opened.name(), reading, terminal);
    return images;
  }

  /** Images of each class; one that is alone in its class could not be found. */
  private static SortedMap<String, Integer> counts(
      ImageDataset opened, Collection<String> classes) {
    SortedMap<String, Integer> counts = new TreeMap<>(opened.classSizes());
    counts.keySet().retainAll(classes);
    counts.values().removeIf(count -> count < 2);
    return counts;
  }

  private static List<LabeledImage> read(
      ImageDataset opened, SortedMap<String, Integer> counts, ImageReading reading)
      throws IOException {
    int most = maxOfAClass(counts.values());
    Set<String> chosen = counts.keySet().stream().limit(MAX_IMAGES / 2).collect(Collectors.toSet());
    Map<String, Integer> taken = new HashMap<>();
    long all = chosen.stream().mapToLong(label -> Math.min(counts.get(label), most)).sum();
    try (Stream<EncodedImage> images = opened.images(chosen::contains)) {
      return images
          .filter(image -> taken.merge(image.label(), 1, Integer::sum) <= most)
          .limit(all)
          .flatMap(image -> reading.read(image).stream())
          .toList();
    }
  }

  /** Without those whose others cannot be read. */
  private static List<LabeledImage> findable(List<LabeledImage> images) {
    Map<String, Long> counts =
        images.stream().collect(Collectors.groupingBy(LabeledImage::label, Collectors.counting()));
    return images.stream().filter(image -> counts.get(image.label()) > 1).toList();
  }

  /** As many as keep the sum within the bound, but 2, or none could be found again. */
  static int maxOfAClass(Collection<Integer> counts) {
    int most = 2;
    while (most < MAX_IMAGES && sumOfAtMost(most + 1, counts) <= MAX_IMAGES) {
      most++;
    }
    return most;
  }

  private static long sumOfAtMost(int most, Collection<Integer> counts) {
    return counts.stream().mapToLong(count -> Math.min(count, most)).sum();
  }

  private static void say(
      List<LabeledImage> images, String name, ImageReading reading, CommandLine terminal) {
    if (!reading.warning().isEmpty()) {
      terminal.getErr().println(reading.warning());
    }
    PrintWriter out = terminal.getOut();
    out.printf(
        Locale.ROOT,
        "Held out: %,d images of %,d classes of %s%n",
        images.size(),
        images.stream().map(LabeledImage::label).distinct().count(),
        Headers.printable(name));
  }
}
