package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.FileDataset;
import dev.quadstream.dataset.files.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetArgumentTest {

  @TempDir Path directory;

  @Test
  void aFolderOfFoldersHoldsClasses() throws IOException {
    TestingFolders.striped(directory, 2, 2);
    ImageDataset dataset = open(directory.toString(), null);
    assertThat(dataset).isInstanceOf(FileDataset.class);
    assertThat(dataset.labels()).containsExactly("class-0", "class-1");
  }

  @Test
  void aFolderOfIdxFilesIsKnownByItsFiles() throws IOException {
    TestingFolders.idx(directory, "train", 3);
    TestingFolders.idx(directory, "t10k", 2);
    assertThat(open(directory.toString(), null).size()).isEqualTo(3);
    assertThat(
            new DatasetArgument(directory.toString(), DatasetOptions.of(Part.TEST)).open().size())
        .isEqualTo(2);
    assertThat(open(directory.toString(), null).labels()).containsExactly("0", "1");
  }

  @Test
  void anIdxFileGoesWithItsLabels() throws IOException {
    TestingFolders.idx(directory, "train", 3);
    Path images = directory.resolve("train-images-idx3-ubyte");
    Path labels = directory.resolve("train-labels-idx1-ubyte");
    assertThat(open(images.toString(), labels).size()).isEqualTo(3);
    assertThat(open(images.toString(), null).size()).isEqualTo(3);
    Path alone = Files.move(images, directory.resolve("alone"));
    assertThatThrownBy(() -> open(alone.toString(), null))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("--labels");
  }

  @Test
  void iconsAreAWordAndNotAPath() {
    assertThat(new DatasetArgument("icons", DatasetOptions.of(Part.TRAIN)).isDrawn()).isTrue();
    assertThat(new DatasetArgument("./icons", DatasetOptions.of(Part.TRAIN)).isDrawn()).isFalse();
    assertThat(open("icons", null)).isInstanceOf(IconDataset.class);
  }

  @Test
  void emojiAreLookedForWhereTheArgumentSays() {
    assertThat(new DatasetArgument("emoji", DatasetOptions.of(Part.TRAIN)).isDrawn()).isTrue();
    assertThat(new DatasetArgument("./emoji", DatasetOptions.of(Part.TRAIN)).isDrawn()).isFalse();
    assertThatThrownBy(() -> open("emoji:" + directory, null))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("npm pack");
  }

  @ParameterizedTest
  @CsvSource({
    "icons, --labels", "icons, --root", "icons, --layout", "icons, --id-prefix",
    "photos, --labels", "photos, --root", "list.csv, --labels", "train-images-idx3-ubyte, --root"
  })
  void aFlagThatGoesWithAnotherKindOfDatasetIsRefused(String text, String flag) throws IOException {
    TestingFolders.idx(directory, "train", 3);
    TestingFolders.striped(directory.resolve("photos"), 2, 2);
    Files.writeString(directory.resolve("list.csv"), "path,label\nphotos/class-0/0.png,a\n");
    DatasetOptions options =
        new DatasetOptions(
            flag.equals("--layout") ? Layout.FOLDER : Layout.AUTO,
            Part.TRAIN,
            false,
            flag.equals("--labels") ? directory : null,
            flag.equals("--root") ? directory : null,
            flag.equals("--id-prefix") ? "mine" : null,
            1 << 20);
    DatasetArgument dataset =
        new DatasetArgument(
            text.equals("icons") ? text : directory.resolve(text).toString(), options);
    assertThatThrownBy(dataset::open)
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(flag + " goes with")
        .hasMessageContaining(text);
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> open("missing/photos", null))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("'missing/photos'");
  }

  @Test
  void oneClassIsNotEnough() throws IOException {
    TestingFolders.striped(directory, 1, 3);
    assertThatThrownBy(() -> open(directory.toString(), null))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("only the class 'class-0'");
  }

  private static ImageDataset open(String text, Path labels) {
    return new DatasetArgument(
            text, new DatasetOptions(Layout.AUTO, Part.TRAIN, false, labels, null, null, 1 << 20))
        .open();
  }
}
