package dev.quadstream.dataset.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxDatasetTest {

  private static final int HEIGHT = 10;
  private static final int WIDTH = 12;
  private static final int[] LABELS = {7, 0, 255, 7};

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void imagesComeBackExactlyPlainAndGzipped(String ending) throws Exception {
    Path images = writeImages("train-images-idx3-ubyte" + ending, LABELS.length);
    Path labels = writeLabels("train-labels-idx1-ubyte" + ending, LABELS);

    IdxDataset dataset = idx(images, labels);

    ImageShape shape = new ImageShape(1, HEIGHT, WIDTH);
    ImageDecoder decoder = new ImageDecoder(shape, ImageLimits.defaults());
    List<EncodedImage> read = images(dataset);
    assertThat(dataset.size()).isEqualTo(4);
    assertThat(read).extracting(EncodedImage::label).containsExactly("7", "0", "255", "7");
    assertThat(read).extracting(EncodedImage::contentType).containsOnly("image/png");
    assertThat(read)
        .extracting(EncodedImage::id)
        .containsExactly("name/000000", "name/000001", "name/000002", "name/000003");
    for (int i = 0; i < 4; i++) {
      assertThat(decoder.decode(read.get(i).bytes())).isEqualTo(new PixelImage(shape, pixels(i)));
    }
    assertThat(images(dataset)).isEqualTo(read);
  }

  @Test
  void drawnAreSoManyOfTheWantedClasses() throws Exception {
    int[] labels = IntStream.range(0, 60).map(index -> index % 3).toArray();
    IdxDataset dataset =
        idx(
            writeImages("train-images-idx3-ubyte", labels.length),
            writeLabels("train-labels-idx1-ubyte", labels));

    List<EncodedImage> drawn = drawn(dataset, 10, 1);

    assertThat(drawn).hasSize(10).doesNotHaveDuplicates().isEqualTo(drawn(dataset, 10, 1));
    assertThat(drawn).extracting(EncodedImage::label).containsOnly("0", "2");
    assertThat(drawn(dataset, 10, 2)).isNotEqualTo(drawn);
    assertThat(drawn(dataset, 100, 1)).hasSize(40);
  }

  private static List<EncodedImage> drawn(ImageDataset dataset, int count, long seed)
      throws IOException {
    try (Stream<EncodedImage> images = dataset.draw(label -> !label.equals("1"), count, seed)) {
      return images.toList();
    }
  }

  @Test
  void aFolderHoldsBothParts() throws Exception {
    writeImages("train-images-idx3-ubyte.gz", 4);
    writeLabels("train-labels-idx1-ubyte.gz", LABELS);
    writeImages("t10k-images.idx3-ubyte", 2);
    writeLabels("t10k-labels.idx1-ubyte", 1, 2);

    ImageDataset train = open(Part.TRAIN);
    ImageDataset test = open(Part.TEST);

    assertThat(train.size()).isEqualTo(4);
    assertThat(train.name()).endsWith("-train");
    assertThat(test.size()).isEqualTo(2);
    assertThat(test.name()).endsWith("-test");
  }

  @Test
  void oneFileHasNoParts() throws Exception {
    Path images = writeImages("t10k-images-idx3-ubyte", 2);
    writeLabels("t10k-labels-idx1-ubyte", 1, 2);
    DatasetOptions train =
        new DatasetOptions(Layout.AUTO, Part.TRAIN, true, null, null, null, 1 << 20);

    assertThatThrownBy(() -> Datasets.open(images, train))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("t10k-images-idx3-ubyte is not divided", "--part train");
  }

  @Test
  void aFolderWithoutThePartNamesTheFilesItHas() throws Exception {
    writeImages("train-images-idx3-ubyte.gz", 4);

    assertThatThrownBy(() -> open(Part.TEST))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("train-images-idx3-ubyte.gz")
        .hasMessageContaining("t10k-images-idx3-ubyte.gz");
  }

  @Test
  void aFolderHasItsPartsOneAtATime() throws Exception {
    writeImages("train-images-idx3-ubyte", 2);
    writeLabels("train-labels-idx1-ubyte", 1, 2);

    for (Part part : List.of(Part.ALL, Part.VALIDATION)) {
      assertThatThrownBy(() -> open(part))
          .isInstanceOf(DatasetException.class)
          .hasMessageContainingAll("the part " + part.text(), "Choose train or test with --part.");
    }
    assertThat(open(Part.TRAIN).parts()).containsExactly(Part.TRAIN);
  }

  /** As Kaggle has MNIST: each file once more in a folder that is called as it is. */
  @Test
  void aFileThatLiesAloneInAFolderOfItsNameIsOfTheSameSet() throws Exception {
    writeImages("train-images.idx3-ubyte", 2);
    writeLabels("train-labels.idx1-ubyte", 1, 2);
    Path again = Files.createDirectory(folder.resolve("train-images-idx3-ubyte"));
    Files.copy(folder.resolve("train-images.idx3-ubyte"), again.resolve("train-images-idx3-ubyte"));

    assertThat(open(Part.TRAIN).size()).isEqualTo(2);
  }

  @Test
  void emnistsImagesAreTurnedUpright() throws Exception {
    writeImages("emnist-letters-train-images-idx3-ubyte.gz", 2);
    writeLabels("emnist-letters-train-labels-idx1-ubyte.gz", 1, 2);

    ImageDataset dataset = open(Part.TRAIN);

    ImageShape shape = new ImageShape(1, WIDTH, HEIGHT);
    PixelImage first =
        new ImageDecoder(shape, ImageLimits.defaults()).decode(images(dataset).get(0).bytes());
    assertThat(dataset.name()).isEqualTo("emnist-letters-train");
    for (int row = 0; row < WIDTH; row++) {
      for (int column = 0; column < HEIGHT; column++) {
        assertThat((byte) first.valueAt(row * HEIGHT + column))
            .isEqualTo(pixels(0)[column * WIDTH + row]);
      }
    }
  }

  @Test
  void severalDatasetsInAFolderAreNamed() throws Exception {
    writeImages("emnist-letters-train-images-idx3-ubyte", 2);
    writeImages("emnist-digits-train-images-idx3-ubyte", 2);
    writeLabels("emnist-digits-train-labels-idx1-ubyte", 1, 2);

    assertThatThrownBy(() -> open(Part.TRAIN))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("emnist-digits, emnist-letters");
    // The files of different folders are different sets, though they are called alike.
    for (String set : List.of("MNIST", "FashionMNIST")) {
      Path raw = Files.createDirectories(folder.resolve("data").resolve(set).resolve("raw"));
      Files.copy(
          folder.resolve("emnist-digits-train-images-idx3-ubyte"),
          raw.resolve("train-images-idx3-ubyte"));
      Files.copy(
          folder.resolve("emnist-digits-train-labels-idx1-ubyte"),
          raw.resolve("train-labels-idx1-ubyte"));
    }
    assertThatThrownBy(() -> Datasets.open(folder.resolve("data"), DatasetOptions.of(Part.TRAIN)))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("FashionMNIST/raw/", ", MNIST/raw/");
    Path digits = folder.resolve("emnist-digits-train-images-idx3-ubyte");
    assertThat(Datasets.open(digits, DatasetOptions.of(Part.TRAIN)).labels())
        .containsExactly("1", "2");
  }

  @Test
  void qmnistsTableOfLabelsHasTheClassFirst() throws Exception {
    writeImages("qmnist-test-images-idx3-ubyte", 2);
    try (DataOutputStream output = open(folder.resolve("qmnist-test-labels-idx2-int"))) {
      for (int value : new int[] {0x0C02, 2, 3, /* rows: */ 7, 100, 200, 300, 101, 201}) {
        output.writeInt(value);
      }
    }

    assertThat(images(open(Part.TEST)))
        .extracting(EncodedImage::id, EncodedImage::label)
        .containsExactly(tuple("qmnist-test/000000", "7"), tuple("qmnist-test/000001", "300"));
  }

  @Test
  void aTableWhoseRowsAreCutShortIsNamedHoweverLongTheyAreSaidToBe() throws Exception {
    writeImages("qmnist-test-images-idx3-ubyte", 2);
    Path labels = folder.resolve("qmnist-test-labels-idx2-int");
    for (int columns : new int[] {4, 0x40000000, Integer.MAX_VALUE}) {
      try (DataOutputStream output = open(labels)) {
        for (int value : new int[] {0x0C02, 2, columns, 7, 100, 200, 300, 101, 201}) {
          output.writeInt(value);
        }
      }

      assertThatThrownBy(() -> open(Part.TEST))
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining(labels.toString())
          .hasMessageContaining("truncated");
    }
  }

  private ImageDataset open(Part part) {
    return Datasets.open(folder, DatasetOptions.of(part));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void aTruncatedFileOfImagesIsNamed(String ending) throws Exception {
    Path images = truncate(writeImages("images" + ending, 4), 9);
    Path labels = writeLabels("labels", LABELS);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(images.toString())
        .hasMessageContaining("truncated");
  }

  @Test
  void aTruncatedFileOfLabelsIsNamed() throws Exception {
    Path images = writeImages("images", 4);
    Path labels = truncate(writeLabels("labels", LABELS), 1);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(labels.toString())
        .hasMessageContaining("truncated");
  }

  @Test
  void aFileThatEndsInItsHeaderIsTruncated() throws Exception {
    Path images = Files.write(folder.resolve("images"), new byte[] {0, 0, 8, 3, 0, 0});
    Path labels = writeLabels("labels", LABELS);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("header");
  }

  @Test
  void aFileWithMoreThanItAnnouncesIsDamaged() throws Exception {
    Path images = writeImages("images", 4);
    Files.write(images, Arrays.copyOf(Files.readAllBytes(images), (int) Files.size(images) + 1));
    Path labels = writeLabels("labels", LABELS);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("longer");
  }

  @Test
  void differentCountsAreBothNamed() throws Exception {
    Path images = writeImages("images", 3);
    Path labels = writeLabels("labels", LABELS);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("3 images")
        .hasMessageContaining("4 labels");
  }

  /** Or an array would be made that no heap takes. */
  @Test
  void aDamagedCountOfLabelsIsNamedBeforeThereIsMemoryForThem() throws Exception {
    Path images = writeImages("images", 4);
    Path labels = writeLabels("labels", LABELS);
    byte[] damaged = Files.readAllBytes(labels);
    damaged[4] = 0x7F;
    Files.write(labels, damaged);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(labels.toString())
        .hasMessageContaining("2130706436 labels");
  }

  @Test
  void swappedFilesAreRecognised() throws Exception {
    Path images = writeImages("images", 4);
    Path labels = writeLabels("labels", LABELS);

    assertThatThrownBy(() -> idx(labels, images))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("0x00000801")
        .hasMessageContaining("swapped");
  }

  @Test
  void oneClassIsTooFew() throws Exception {
    Path images = writeImages("images", 2);
    Path labels = writeLabels("labels", 3, 3);

    assertThatThrownBy(() -> idx(images, labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("only the label 3");
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Path labels = writeLabels("labels", LABELS);

    assertThatThrownBy(() -> idx(folder.resolve("absent"), labels))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("absent");
  }

  private static IdxDataset idx(Path images, Path labels) {
    return new IdxDataset("name", Set.of(), images, labels, false);
  }

  private static List<EncodedImage> images(ImageDataset dataset) throws IOException {
    try (Stream<EncodedImage> images = dataset.images()) {
      return images.toList();
    }
  }

  private static byte[] pixels(int index) {
    byte[] pixels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 31 + index * 17);
    }
    return pixels;
  }

  private Path writeImages(String name, int count) throws IOException {
    Path file = folder.resolve(name);
    try (DataOutputStream output = open(file)) {
      output.writeInt(0x803);
      output.writeInt(count);
      output.writeInt(HEIGHT);
      output.writeInt(WIDTH);
      for (int i = 0; i < count; i++) {
        output.write(pixels(i));
      }
    }
    return file;
  }

  private Path writeLabels(String name, int... labels) throws IOException {
    Path file = folder.resolve(name);
    try (DataOutputStream output = open(file)) {
      output.writeInt(0x801);
      output.writeInt(labels.length);
      for (int label : labels) {
        output.writeByte(label);
      }
    }
    return file;
  }

  private static DataOutputStream open(Path file) throws IOException {
    OutputStream plain = Files.newOutputStream(file);
    return new DataOutputStream(
        file.toString().endsWith(".gz") ? new GZIPOutputStream(plain) : plain);
  }

  private static Path truncate(Path file, int missing) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    return Files.write(file, Arrays.copyOf(whole, whole.length - missing));
  }
}
