package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDatasetTest {

  @TempDir private Path folder;

  @Test
  void imagesComeSortedWithTheirFolderAsLabelAndTheirBytesAsTheyAre() throws Exception {
    write("dog/b.png", 3);
    write("cat/z.JPG", 1);
    write("cat/a.webp", 2);

    FolderDataset dataset = new FolderDataset(folder);

    assertThat(dataset.size()).isEqualTo(3);
    assertThat(images(dataset))
        .containsExactly(
            new EncodedImage("cat/a.webp", "cat", "image/webp", new byte[] {2}),
            new EncodedImage("cat/z.JPG", "cat", "image/jpeg", new byte[] {1}),
            new EncodedImage("dog/b.png", "dog", "image/png", new byte[] {3}));
    assertThat(images(dataset)).isEqualTo(images(dataset));
    assertThat(dataset.name()).isEqualTo(folder.getFileName().toString());
    assertThat(dataset.skipped()).isZero();
  }

  @Test
  void hiddenFilesAndOtherTypesAreSkippedAndCounted() throws Exception {
    write("cat/a.png", 1);
    write("cat/.hidden.png", 1);
    write("cat/notes.txt", 1);
    write("cat/png", 1);
    write("cat/nested.png/deep.png", 1);
    write("dog/b.png", 1);
    write(".cache/c.png", 1);
    write("readme.md", 1);

    FolderDataset dataset = new FolderDataset(folder);

    assertThat(dataset.skipped()).isEqualTo(6);
    assertThat(images(dataset))
        .extracting(EncodedImage::id)
        .containsExactly("cat/a.png", "dog/b.png");
  }

  @Test
  void aMissingFolderIsNamed() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> new FolderDataset(missing))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("no folder");
  }

  @Test
  void aFolderWithoutClassesIsRefused() throws Exception {
    Files.createDirectories(folder.resolve("empty"));

    assertThatThrownBy(() -> new FolderDataset(folder))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no classes")
        .hasMessageContaining("png");
  }

  @Test
  void aFolderWithOneClassIsRefusedAndTheClassNamed() throws Exception {
    write("cat/a.png", 1);
    Files.createDirectories(folder.resolve("empty"));

    assertThatThrownBy(() -> new FolderDataset(folder))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("only the class 'cat'");
  }

  @Test
  void anImageThatVanishesIsNamedWhenItIsRead() throws Exception {
    write("cat/a.png", 1);
    write("dog/b.png", 1);
    FolderDataset dataset = new FolderDataset(folder);
    Files.delete(folder.resolve("dog/b.png"));

    assertThatThrownBy(() -> images(dataset))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("b.png");
  }

  private List<EncodedImage> images(FolderDataset dataset) {
    try (Stream<EncodedImage> images = dataset.images()) {
      return images.toList();
    }
  }

  private void write(String name, int content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {(byte) content});
  }
}
