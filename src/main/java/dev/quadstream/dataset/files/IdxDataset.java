package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Grey images of the MNIST family: an IDX file of images and one of labels, each gzipped or not.
 *
 * <p>An image goes out as PNG, its label is the label's number, its id {@code name/index}. Images
 * come in file order. Thread-safe; each stream of images reads the file anew.
 */
final class IdxDataset implements ImageDataset {

  private static final int IMAGE_DIMENSIONS = 3;

  private final String name;
  private final Set<Part> parts;
  private final Path images;
  private final int[] labels;
  private final ImageShape shape;
  private final boolean transposed;

  /**
   * Reads the headers and the labels.
   *
   * @param name what ids start with
   * @param parts the one that the file is, or none where it was named alone
   * @param images the IDX file of images, gzipped or not
   * @param labels the IDX file of labels, gzipped or not
   * @param transposed whether the images are stored column by column, as EMNIST's are
   * @throws DatasetException if a file is missing, no IDX file, or truncated, if the counts differ,
   *     or if there are fewer than two classes
   */
  IdxDataset(String name, Set<Part> parts, Path images, Path labels, boolean transposed) {
    this.name = name;
    this.parts = parts;
    this.images = images;
    this.transposed = transposed;
    try (IdxFile imageFile = IdxFile.open(images, IMAGE_DIMENSIONS);
        IdxFile labelFile = IdxFile.openLabels(labels)) {
      if (imageFile.count() != labelFile.count()) {
        throw new DatasetException(
            "%s holds %d images and %s %d labels. Give the two files of one dataset part."
                .formatted(images, imageFile.count(), labels, labelFile.count()));
      }
      this.shape = shape(images, imageFile);
      // Before memory is taken for as many labels.
      requireWholeFile(imageFile);
      this.labels = labelFile.labels();
    } catch (IOException error) {
      throw new DatasetException(
          "Cannot read %s and %s (%s). Check that they may be read and are not damaged."
              .formatted(images, labels, error),
          error);
    }
    requireTwoClasses(labels);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SortedMap<String, Integer> classSizes() {
    SortedMap<String, Integer> sizes = new TreeMap<>();
    for (int label : labels) {
      sizes.merge(Integer.toString(label), 1, Integer::sum);
    }
    return sizes;
  }

  @Override
  public Set<Part> parts() {
    return parts;
  }

  @Override
  public Stream<EncodedImage> images() throws IOException {
    return images(label -> true);
  }

  @Override
  public Stream<EncodedImage> images(Predicate<String> classes) throws IOException {
    IdxFile file = IdxFile.open(images, IMAGE_DIMENSIONS);
    return IntStream.range(0, labels.length)
        .boxed()
        .<EncodedImage>mapMulti(
            (index, wanted) -> {
              byte[] pixels = file.next(shape.size());
              if (classes.test(Integer.toString(labels[index]))) {
                wanted.accept(encode(index, pixels));
              }
            })
        .onClose(() -> close(file));
  }

  private EncodedImage encode(int index, byte[] pixels) {
    return new EncodedImage(
        String.format(Locale.ROOT, "%s/%06d", name, index),
        Integer.toString(labels[index]),
        "image/png",
        PixelImages.toPng(upright(pixels)));
  }

  private PixelImage upright(byte[] pixels) {
    if (!transposed) {
      return new PixelImage(shape, pixels);
    }
    int height = shape.width();
    int width = shape.height();
    byte[] turned = new byte[pixels.length];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        turned[row * width + column] = pixels[column * height + row];
      }
    }
    return new PixelImage(new ImageShape(1, height, width), turned);
  }

  @Override
  public DatasetSurvey survey() {
    return new DatasetSurvey(
        name,
        Layout.IDX.description() + ", %d x %d, grey".formatted(shape.width(), shape.height()),
        classSizes(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private void requireTwoClasses(Path file) {
    boolean several = IntStream.range(1, labels.length).anyMatch(i -> labels[i] != labels[0]);
    if (!several) {
      throw new DatasetException(
          "%s holds only the label %d. Telling classes apart needs at least two."
              .formatted(file, labels[0]));
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

  private static void close(IdxFile file) {
    try {
      file.close();
    } catch (IOException error) {
      throw new UncheckedIOException("Closing an IDX file failed.", error);
    }
  }
}
