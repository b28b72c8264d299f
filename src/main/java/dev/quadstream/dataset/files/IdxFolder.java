package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.MissingPartException;
import dev.quadstream.dataset.Part;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the files of the MNIST family by their names: {@code train-images-idx3-ubyte.gz} of MNIST,
 * Fashion-MNIST and KMNIST, {@code emnist-letters-train-images-idx3-ubyte.gz}, {@code
 * qmnist-train-images-idx3-ubyte.gz} with its {@code idx2-int} labels.
 */
final class IdxFolder {

  private static final Pattern IMAGES =
      Pattern.compile(
          "(?:(?<set>.+)-)?(?<part>train|t10k|test)-images[-.]idx3-ubyte(?:\\.gz)?",
          Pattern.CASE_INSENSITIVE);

  /**
   * A file of images.
   *
   * @param set the folders and the beginning of the name that it shares with the files of its set
   * @param prefix that beginning alone, or an empty text
   */
  private record Found(String set, String prefix, Part part, Path images) {}

  private IdxFolder() {}

  /**
   * The part of the dataset in a folder, or nothing where it holds no IDX file of images.
   *
   * @throws DatasetException if the part is not there, or there are several datasets
   */
  static Optional<IdxDataset> find(Scan scan, String folder, DatasetOptions options) {
    List<Found> found = found(scan);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    TreeSet<String> sets = new TreeSet<>();
    found.forEach(one -> sets.add(one.set()));
    if (sets.size() > 1) {
      throw new DatasetException(
          "%s holds several datasets: %s. Name the folder or the file of images of one of them."
              .formatted(scan.root(), String.join(", ", sets)));
    }
    Part part = options.part() == Part.TEST ? Part.TEST : options.part().fallback();
    Found wanted =
        found.stream()
            .filter(one -> one.part() == part)
            .min(Comparator.comparing(one -> one.images().getNameCount()))
            .orElseThrow(() -> noneOf(part, scan, found));
    String name = (wanted.prefix().isEmpty() ? folder : wanted.prefix()) + "-" + part.text();
    return Optional.of(open(name.toLowerCase(Locale.ROOT), Set.of(part), wanted.images(), options));
  }

  private static List<Found> found(Scan scan) {
    List<Found> found = new ArrayList<>();
    for (ScannedFile file : scan.files()) {
      Matcher matcher = IMAGES.matcher(Names.file(file.name()));
      if (matcher.matches()) {
        String prefix = matcher.group("set") == null ? "" : matcher.group("set");
        List<String> set = new ArrayList<>(Names.folders(file.name()));
        // One set may have a folder for each of its parts.
        set.removeIf(
            segment -> Part.named(segment).isPresent() || IMAGES.matcher(segment).matches());
        set.add(prefix.isEmpty() ? "*-images-idx3-ubyte" : prefix);
        Part part = Part.named(matcher.group("part")).orElseThrow();
        found.add(new Found(String.join("/", set), prefix, part, file.path()));
      }
    }
    return found;
  }

  private static MissingPartException noneOf(Part part, Scan scan, List<Found> found) {
    String file =
        switch (part) {
          case TRAIN -> ", or add train-images-idx3-ubyte.gz";
          case TEST -> ", or add t10k-images-idx3-ubyte.gz";
          default -> "";
        };
    return new MissingPartException(
        "%s holds no IDX images of the part %s, only %s. Choose train or test with --part%s."
            .formatted(
                scan.root(),
                part.text(),
                found.stream().map(one -> one.images().getFileName()).toList(),
                file));
  }

  /** One file of images with its labels, given or beside it. */
  static IdxDataset file(Path images, DatasetOptions options) {
    String name = images.getFileName().toString().replaceFirst("\\.gz$", "");
    options.requireUndivided(name);
    return open(name, Set.of(), images, options);
  }

  private static IdxDataset open(
      String name, Set<Part> parts, Path images, DatasetOptions options) {
    Path labels = options.labels() == null ? labelsBeside(images) : options.labels();
    boolean transposed =
        images.getFileName().toString().toLowerCase(Locale.ROOT).startsWith("emnist");
    return new IdxDataset(
        options.idPrefix() == null ? name : options.idPrefix(), parts, images, labels, transposed);
  }

  private static Path labelsBeside(Path images) {
    String start = images.getFileName().toString().replaceFirst("images[-.]idx3-ubyte.*", "labels");
    List<String> names =
        Stream.of("-idx1-ubyte", ".idx1-ubyte", "-idx2-int", ".idx2-int")
            .flatMap(end -> Stream.of(start + end, start + end + ".gz"))
            .toList();
    return names.stream()
        .map(images::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new DatasetException(
                    "'%s' is an IDX file of images and none of %s is beside it. Name the file of its labels with --labels."
                        .formatted(images, names)));
  }
}
