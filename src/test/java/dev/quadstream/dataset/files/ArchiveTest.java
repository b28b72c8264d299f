package dev.quadstream.dataset.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {

  @TempDir private Path directory;

  private TestingTree tree;

  @BeforeEach
  void write() throws IOException {
    tree =
        new TestingTree(directory.resolve("photos"))
            .png("cat/1.png", "dog/1.png", "dog/2.png")
            .text("dog/notes.txt", "two dogs");
  }

  @Test
  void aZipFileIsTheFolderThatItHolds() throws IOException {
    Path zip = directory.resolve("photos.zip");
    zip(zip, UTF_8, "cat/1.png", "dog/1.png", "dog/2.png", "dog/notes.txt");

    assertIsTheFolder(open(zip));
  }

  @Test
  void aZipFileWithNamesOfDosIsRead() throws IOException {
    Path zip = directory.resolve("photos.zip");
    new TestingTree(tree.root()).png("caf\u00e9/1.png");
    zip(zip, Charset.forName("CP437"), "caf\u00e9/1.png", "dog/1.png");

    assertThat(open(zip).labels()).containsExactly("caf\u00e9", "dog");
    // Java tells no reason for archives of other endings.
    Path upper = Files.move(zip, directory.resolve("PHOTOS.ZIP"));
    assertThat(open(upper).labels()).containsExactly("caf\u00e9", "dog");
  }

  /** As Compress-Archive of Windows PowerShell 5.1 writes them. */
  @Test
  void aZipFileMayHaveBackslashesBetweenFolders() throws IOException {
    Path zip = directory.resolve("windows.zip");
    try (ZipOutputStream output = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("cat/1.png", "dog/1.png", "dog/2.png")) {
        output.putNextEntry(new ZipEntry("photos\\" + name.replace('/', '\\')));
        Files.copy(tree.file(name), output);
      }
      output.putNextEntry(new ZipEntry("photos\\.git\\1.png"));
      Files.copy(tree.file("cat/1.png"), output);
    }

    ImageDataset dataset = open(zip);

    assertThat(dataset.labels()).containsExactly("cat", "dog");
    assertThat(images(dataset))
        .extracting(EncodedImage::id)
        .containsExactly(
            "windows/photos/cat/1.png", "windows/photos/dog/1.png", "windows/photos/dog/2.png");
  }

  @Test
  void aTarFileIsTheFolderThatItHoldsAndLeavesNothingBehind() throws IOException {
    Path tar = directory.resolve("photos.tar");
    Path compressed = directory.resolve("photos.tar.gz");
    tar(Files.newOutputStream(tar));
    tar(new GZIPOutputStream(Files.newOutputStream(compressed)));
    List<Path> before = temporaries();

    assertIsTheFolder(open(tar));
    assertIsTheFolder(open(compressed));
    assertThat(temporaries()).isEqualTo(before);
  }

  @Test
  void linksWithinATarFileAreTheFilesThatTheyLeadTo() throws IOException {
    Path file = directory.resolve("photos.tar");
    byte[] cat = Files.readAllBytes(tree.file("cat/1.png"));
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      link(tar, "dog/early.png", TarConstants.LF_SYMLINK, "../cat/1.png");
      entry(tar, "./cat/1.png", cat);
      link(tar, "dog/1.png", TarConstants.LF_LINK, "./cat/1.png");
      link(tar, "fox/1.png", TarConstants.LF_SYMLINK, "../dog/1.png");
      link(tar, "dog/lost.png", TarConstants.LF_SYMLINK, "gone.png");
      link(tar, "dog/out.png", TarConstants.LF_SYMLINK, "../../cat/1.png");
      link(tar, "dog/root.png", TarConstants.LF_SYMLINK, "/cat/1.png");
      link(tar, "dog/self.png", TarConstants.LF_SYMLINK, "self.png");
      link(tar, "dog/folder.png", TarConstants.LF_SYMLINK, "../cat");
    }

    ImageDataset dataset = open(file);

    assertThat(images(dataset))
        .allSatisfy(image -> assertThat(image.bytes()).isEqualTo(cat))
        .extracting(EncodedImage::id)
        .containsExactlyInAnyOrder(
            "photos/cat/1.png", "photos/dog/1.png", "photos/dog/early.png", "photos/fox/1.png");
    assertThat(dataset.survey().passedOver())
        .containsExactly(
            new PassedOver(
                "empty",
                List.of(
                    "dog/folder.png",
                    "dog/lost.png",
                    "dog/out.png",
                    "dog/root.png",
                    "dog/self.png")));
  }

  /** As {@code tar -P} writes them. */
  @Test
  void namesFromTheRootOnBeginBelowItAsWhereTarUnpacksThem() throws IOException {
    Path file = directory.resolve("photos.tar");
    byte[] cat = Files.readAllBytes(tree.file("cat/1.png"));
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      for (String name : List.of("/data/cat/1.png", "/data/dog/1.png")) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(cat.length);
        tar.putArchiveEntry(entry);
        tar.write(cat);
        tar.closeArchiveEntry();
      }
      TarArchiveEntry link = new TarArchiveEntry("/data/dog/2.png", TarConstants.LF_LINK, true);
      link.setLinkName("/data/cat/1.png");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
    }

    assertThat(images(open(file)))
        .allSatisfy(image -> assertThat(image.bytes()).isEqualTo(cat))
        .extracting(EncodedImage::id, EncodedImage::label)
        .containsExactly(
            tuple("photos/data/cat/1.png", "cat"),
            tuple("photos/data/dog/1.png", "dog"),
            tuple("photos/data/dog/2.png", "dog"));
  }

  /** As {@code tar -r} and {@code tar -u} write them. */
  @Test
  void ofAFileThatWasAppendedToATarFileTheLaterOneCounts() throws IOException {
    Path file = directory.resolve("photos.tar");
    byte[] first = Files.readAllBytes(tree.file("cat/1.png"));
    byte[] second = Files.readAllBytes(tree.file("dog/1.png"));
    byte[] last = Files.readAllBytes(tree.file("dog/2.png"));
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      entry(tar, "cat/1.png", first);
      link(tar, "cat/same.png", TarConstants.LF_LINK, "cat/1.png");
      link(tar, "dog/1.png", TarConstants.LF_LINK, "cat/1.png");
      entry(tar, "dog/2.png", first);
      entry(tar, "cat/1.png", second);
      entry(tar, "./cat/1.png", last);
      entry(tar, "dog/1.png", second);
      link(tar, "dog/2.png", TarConstants.LF_SYMLINK, "1.png");
    }

    ImageDataset dataset = open(file);

    assertThat(images(dataset))
        .extracting(EncodedImage::id, EncodedImage::bytes)
        .containsExactly(
            tuple("photos/cat/1.png", last),
            tuple("photos/cat/same.png", last),
            tuple("photos/dog/1.png", second),
            tuple("photos/dog/2.png", second));
    assertThat(dataset.survey().passedOver()).isEmpty();
    assertThat(dataset.survey().leftOut()).isEmpty();
  }

  private static void entry(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, byte kind, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  @Test
  void aDamagedArchiveIsNamed() throws IOException {
    Path zip = directory.resolve("photos.zip");
    zip(zip, UTF_8, "cat/1.png", "dog/1.png");
    Files.write(zip, Arrays.copyOf(Files.readAllBytes(zip), 60));

    assertThatThrownBy(() -> open(zip))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("photos.zip");
    Path other = Files.move(zip, directory.resolve("photos.zip.part"));
    assertThatThrownBy(() -> open(other))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("photos.zip.part", "damaged", "Check that it is whole");
  }

  /** What is decoded from it would be another picture, without a word. */
  @Test
  void anEntryWhoseContentHasChangedIsUnread() throws IOException {
    Path zip = directory.resolve("photos.zip");
    try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(zip))) {
      archive.setLevel(Deflater.NO_COMPRESSION);
      for (String name : List.of("cat/1.png", "dog/1.png")) {
        archive.putNextEntry(new ZipEntry(name));
        Files.copy(tree.file(name), archive);
        archive.closeEntry();
      }
    }
    try (RandomAccessFile bytes = new RandomAccessFile(zip.toFile(), "rw")) {
      // The last byte of the first picture, behind the headers of its entry and of its block.
      long place = 30 + "cat/1.png".length() + 5 + Files.size(tree.file("cat/1.png")) - 1;
      bytes.seek(place);
      int changed = bytes.read() ^ 1;
      bytes.seek(place);
      bytes.write(changed);
    }

    assertThat(images(open(zip)))
        .extracting(EncodedImage::id, image -> image.unread() == null)
        .containsExactly(tuple("photos/cat/1.png", false), tuple("photos/dog/1.png", true));
  }

  private void assertIsTheFolder(ImageDataset dataset) throws IOException {
    assertThat(dataset.name()).isEqualTo("photos");
    assertThat(images(dataset)).isEqualTo(images(open(tree.root())));
    assertThat(dataset.survey().passedOver())
        .containsExactly(new PassedOver("no image", List.of("dog/notes.txt")));
  }

  private void zip(Path file, Charset names, String... entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file), names)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
        Files.copy(tree.file(entry), zip);
        zip.closeEntry();
      }
    }
  }

  private void tar(OutputStream output) throws IOException {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(output)) {
      for (String name :
          List.of(
              "./cat/1.png",
              "dog/1.png",
              "cat/../dog/2.png",
              "dog/notes.txt",
              "./dog/1.png",
              "cat/../../escaped.png")) {
        byte[] bytes =
            name.contains("escaped") ? new byte[] {1} : Files.readAllBytes(tree.file(name));
        entry(tar, name, bytes);
      }
    }
  }

  private static List<Path> temporaries() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().matches("quadstream-.*zip"))
          .toList();
    }
  }

  private static ImageDataset open(Path path) {
    return Datasets.open(path, DatasetOptions.of(Part.TRAIN));
  }

  private static List<EncodedImage> images(ImageDataset dataset) throws IOException {
    try (Stream<EncodedImage> images = dataset.images()) {
      return images.toList();
    }
  }
}
