package dev.quadstream.dataset;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Grey images of the MNIST family: an IDX file of images and one of labels, each gzipped or not.
 *
 * <p>An image goes out as PNG, its label is the label's number, its id {@code name/index}. Images
 * come in file order. Thread-safe; each stream of images reads the file anew.
 */
public final class IdxDataset implements ImageDataset {

  private static final int IMAGE_DIMENSIONS = 3;

  /** A part of a dataset as its authors divided it. */
  public enum Part {
    /** The images to learn from: {@code train-*}. */
    TRAIN("train"),
    /** The images to measure with: {@code t10k-*}. */
    TEST("t10k");

    private final String prefix;

    Part(String prefix) {
      this.prefix = prefix;
    }
  }

  private final String name;
  private final Path images;
  private final byte[] labels;
  private final ImageShape shape;

  /**
   * Reads the headers and the labels.
   *
   * @param images the IDX file of images, gzipped or not
   * @param labels the IDX file of labels, gzipped or not
   * @throws DatasetException if a file is missing, no IDX file, or truncated, if the counts differ,
   *     or if there are fewer than two classes
   */
  public IdxDataset(Path images, Path labels) {
    this(images.getFileName().toString().replaceFirst("\\.gz$", ""), images, labels);
  }

  private IdxDataset(String name, Path images, Path labels) {
    this.name = name;
    this.images = images;
    try (IdxFile imageFile = IdxFile.open(images, IMAGE_DIMENSIONS);
        IdxFile labelFile = IdxFile.open(labels, 1)) {
      if (imageFile.count() != labelFile.count()) {
        throw new DatasetException(
            "%s holds %d images and %s %d labels. Give the two files of one dataset part."
                .formatted(images, imageFile.count(), labels, labelFile.count()));
      }
      this.shape = shape(images, imageFile);
      requireWholeFile(imageFile);
      this.labels = labelFile.next(labelFile.count());
      labelFile.requireEnd();
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot read %s and %s (%s). Check that they may be read and are not damaged."
              .formatted(images, labels, error),
          error);
    }
    requireTwoClasses(labels);
  }

  /**
   * The part of a dataset in a folder that holds the usual four files, such as {@code
   * train-images-idx3-ubyte.gz}.
   *
   * @throws DatasetException as the constructor, or if the folder lacks the part's files
   */
  public static IdxDataset inFolder(Path folder, Part part) {
    String partName = folder.toAbsolutePath().normalize().getFileName() + "-" + part.name();
    return new IdxDataset(
        partName.toLowerCase(Locale.ROOT),
        find(folder, part.prefix + "-images", "idx3-ubyte"),
        find(folder, part.prefix + "-labels", "idx1-ubyte"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return labels.length;
  }

  @Override
  public SortedSet<String> labels() {
    SortedSet<String> distinct = new TreeSet<>();
    for (byte label : labels) {
      distinct.add(labelOf(label));
    }
    return distinct;
  }

  @Override
  public Stream<EncodedImage> images() throws IOException {
    IdxFile file = IdxFile.open(images, IMAGE_DIMENSIONS);
    return IntStream.range(0, labels.length)
        .mapToObj(index -> encode(index, file.next(shape.size())))
        .onClose(() -> close(file));
  }

  private EncodedImage encode(int index, byte[] pixels) {
    return new EncodedImage(
        "%s/%06d".formatted(name, index),
        labelOf(labels[index]),
        "image/png",
        PixelImages.toPng(new PixelImage(shape, pixels)));
  }

  private static String labelOf(byte label) {
    return Integer.toString(label & 0xFF);
  }

  /** Whether a folder holds the images of either part. */
  public static boolean isIdxFolder(Path folder) {
    return Stream.of(Part.values())
        .anyMatch(
            part ->
                names(part.prefix + "-images", "idx3-ubyte").stream()
                    .anyMatch(name -> Files.isRegularFile(folder.resolve(name))));
  }

  private void requireTwoClasses(Path file) {
    boolean several = IntStream.range(1, labels.length).anyMatch(i -> labels[i] != labels[0]);
    if (!several) {
      throw new DatasetException(
          "%s holds only the label %d. Telling classes apart needs at least two."
              .formatted(file, labels[0] & 0xFF));
    }
  }

  private void requireWholeFile(IdxFile file) {
    for (int i = 0; i < file.count(); i++) {
      file.next(shape.size());
    }
    file.requireEnd();
  }

  private static ImageShape shape(Path path, IdxFile file) {
    try {
      return new ImageShape(1, file.dimension(1), file.dimension(2));
    } catch (IllegalArgumentException error) {
      throw new DatasetException("%s: %s".formatted(path, error.getMessage()), error);
    }
  }

  private static List<String> names(String start, String type) {
    return Stream.of("-", ".")
        .flatMap(separator -> Stream.of("", ".gz").map(end -> start + separator + type + end))
        .toList();
  }

  private static Path find(Path folder, String start, String type) {
    List<String> names = names(start, type);
    return names.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new DatasetException(
                    "%s holds none of %s. Give the folder with the dataset's IDX files."
                        .formatted(folder, names)));
  }

  private static void close(IdxFile file) {
    try {
      file.close();
    } catch (IOException error) {
      throw new UncheckedIOException("Closing an IDX file failed.", error);
    }
  }
}
