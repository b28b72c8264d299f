package dev.quadstream.dataset.files;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.ImageDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Opens whatever dataset is at a path. */
public final class Datasets {

  private Datasets() {}

  /**
   * Opens a folder, a zip or tar file of one, a list, or an IDX file of images.
   *
   * @throws DatasetException if it is missing, is not laid out as the options say, or holds fewer
   *     than two classes; the message says what was found
   */
  public static ImageDataset open(Path path, DatasetOptions options) {
    if (!Files.exists(path)) {
      throw new DatasetException("There is no file or folder %s. Check the path.".formatted(path));
    }
    if (!Files.isDirectory(path)) {
      return file(path, options);
    }
    if (options.layout() == Layout.LIST) {
      throw new DatasetException(
          "%s is a folder. With --layout list name the list itself.".formatted(path));
    }
    return folder(path, nameOf(path), options);
  }

  private static ImageDataset folder(Path path, String name, DatasetOptions options) {
    options.requireNoLabels(name);
    options.requireNoRoot(name);
    Scan scan = Scan.of(path, options.maxBytes());
    if (options.layout() == Layout.AUTO || options.layout() == Layout.IDX) {
      Optional<IdxDataset> idx = IdxFolder.find(scan, name, options);
      if (idx.isPresent()) {
        return idx.get();
      }
    }
    FileNaming naming = naming(scan, name, options.layout());
    return Listing.of(scan.files(), naming, scan.emptyFolders(), scan.hidden(), name, options);
  }

  private static ImageDataset file(Path path, DatasetOptions options) {
    if (options.layout() == Layout.IDX
        || (options.layout() == Layout.AUTO && IdxFile.holdsImages(path))) {
      options.requireNoRoot(nameOf(path));
      return IdxFolder.file(path, options);
    }
    Optional<Path> archive = Archive.root(path, options.maxBytes());
    if (archive.isPresent()) {
      return folder(archive.get(), Archive.withoutEnding(nameOf(path)), options);
    }
    if (options.layout() == Layout.AUTO || options.layout() == Layout.LIST) {
      requireText(path);
      options.requireNoLabels(nameOf(path));
      ImageList list = ImageList.read(path, options);
      return Listing.of(
          list.files(), list, Set.of(), List.of(), Listing.withoutEnding(nameOf(path)), options);
    }
    throw new DatasetException(
        "%s is a file and --layout %s is of a folder.".formatted(path, options.layout()));
  }

  private static void requireText(Path path) {
    ScannedFile file = Scan.look(path, nameOf(path), Long.MAX_VALUE);
    String kind = file.content().isRead() ? "an image" : file.content().kind();
    if (!kind.isEmpty()) {
      throw new DatasetException(
          "%s is %s and no list of images. Give the folder with the images, or a list path,label."
              .formatted(path, kind));
    }
  }

  private static FileNaming naming(Scan scan, String name, Layout wanted) {
    Optional<FileNaming> naming =
        switch (wanted) {
          case AUTO ->
              IdentityNaming.recognise(scan, Layout.AUTO)
                  .or(() -> ProductNaming.recognise(scan))
                  .or(() -> SpeciesNaming.recognise(scan))
                  .or(() -> AlphabetNaming.recognise(scan))
                  .or(() -> FolderNaming.recognise(scan, Layout.AUTO));
          case FOLDER, NESTED -> FolderNaming.recognise(scan, wanted);
          case MARKET1501, DUKEMTMC, CUHK03, VERI -> IdentityNaming.recognise(scan, wanted);
          case SOP -> ProductNaming.recognise(scan);
          case CUB -> SpeciesNaming.recognise(scan);
          case OMNIGLOT -> AlphabetNaming.recognise(scan);
          case IDX, LIST -> Optional.empty();
        };
    return naming.orElseThrow(() -> new DatasetException(Listing.notLaidOut(scan, name, wanted)));
  }

  private static String nameOf(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? "dataset" : name.toString();
  }
}
